// Plays ten episodes at random:
//
//	go run ./examples/random-agent [TARGET] [ENVIRONMENT]
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"

	"macenv.dev/macenv"
)

func main() {
	target, environment := "localhost:50051", "bp-10"
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	if len(os.Args) > 2 {
		environment = os.Args[2]
	}
	if err := play(context.Background(), target, environment); err != nil {
		log.Fatal(err)
	}
}

func play(ctx context.Context, target, environment string) error {
	client, err := macenv.Dial(ctx, target)
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.CreateSession(ctx, environment, macenv.WithSeeds(7))
	if err != nil {
		return err
	}
	defer session.Close()
	episodes, err := macenv.NewEpisodeLoop(session, macenv.RandomPolicy(rand.New(rand.NewPCG(1, 1)))).Play(ctx, 10)
	for _, episode := range episodes {
		fmt.Printf("episode %d: return %.1f in %d ticks and %d decisions\n",
			episode.Episode, episode.TotalReward, episode.Ticks, episode.Decisions)
	}
	return err
}
