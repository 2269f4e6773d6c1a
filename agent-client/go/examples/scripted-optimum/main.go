// The best that can be done in Box Pushing: both agents walk to the big box and push it together.
//
//	go run ./examples/scripted-optimum [TARGET] [ENVIRONMENT]
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"slices"

	"macenv.dev/macenv"
)

var script = [][]string{
	{"Go-to-Big-Box(left)", "Push"},
	{"Go-to-Big-Box(right)", "Push"},
}

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
	ids := make([][]int, len(script))
	for agent, names := range script {
		for _, name := range names {
			ids[agent] = append(ids[agent], slices.IndexFunc(session.Spec().Agents[agent].MacroActions,
				func(action macenv.MacroAction) bool { return action.Name == name }))
		}
	}
	episodes, err := macenv.NewEpisodeLoop(session, macenv.ScriptedPolicy(ids)).Play(ctx, 1)
	for _, episode := range episodes {
		fmt.Printf("%s: return %.1f in %d ticks\n", environment, episode.TotalReward, episode.Ticks)
	}
	return err
}
