package macenv_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"macenv.dev/macenv"
)

// Two random agents push boxes for ten episodes, on the server that "bin/macenv serve" starts.
func Example() {
	ctx := context.Background()
	client, err := macenv.Dial(ctx, "localhost:50051")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	session, err := client.CreateSession(ctx, "bp-10", macenv.WithSeeds(7))
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	loop := macenv.NewEpisodeLoop(session, macenv.RandomPolicy(rand.New(rand.NewPCG(1, 1))))
	episodes, err := loop.Play(ctx, 10)
	if err != nil {
		log.Fatal(err)
	}
	for _, episode := range episodes {
		fmt.Printf("episode %d: return %.1f in %d ticks\n", episode.Episode, episode.TotalReward, episode.Ticks)
	}
}
