// A uniformly random team for a while: play TARGET stream|unary LANES SECONDS; prints round trips/s and decision events/s.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"macenv.dev/macenv"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, arguments []string) error {
	lanes, err := strconv.Atoi(arguments[2])
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(arguments[3], 64)
	if err != nil {
		return err
	}
	transport := macenv.Stream
	if arguments[1] == "unary" {
		transport = macenv.Unary
	}
	client, err := macenv.Dial(ctx, arguments[0], macenv.WithTransport(transport))
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.CreateSession(ctx, "bp-10", macenv.WithSeeds(7), macenv.WithLanes(lanes))
	if err != nil {
		return err
	}
	defer session.Close()
	random := rand.New(rand.NewPCG(1, 1))
	var decisions macenv.Decisions
	events, err := session.Step(ctx, &decisions)
	if err != nil {
		return err
	}
	for _, measured := range []bool{false, true} { // the first time warms up
		trips, brought := 0, 0
		start := time.Now()
		for time.Since(start).Seconds() < seconds {
			decisions.Clear()
			for row, agent := range events.AllPending() {
				decisions.Add(events.Lane(row), agent, random.IntN(len(events.LegalMask(row, agent))))
			}
			if events, err = session.Step(ctx, &decisions); err != nil {
				return err
			}
			trips++
			brought += events.Rows()
		}
		if measured {
			spent := time.Since(start).Seconds()
			fmt.Println(float64(trips)/spent, float64(brought)/spent)
		}
	}
	return nil
}
