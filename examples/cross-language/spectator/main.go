// The spectator: it has no seat, sees the course of the game alone, and nobody waits for it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"macenv.dev/macenv"
)

type task struct {
	Target, Session, Invite string
	Episodes                int
}

func main() {
	if err := look(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func look(ctx context.Context) error {
	var t task
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&t); err != nil {
		return err
	}
	client, err := macenv.Dial(ctx, t.Target)
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.Join(ctx, macenv.Invite{Session: t.Session, Token: t.Invite})
	if err != nil {
		return err
	}
	fmt.Printf("looks on at %s in process %d\n", session.Spec().Environment, os.Getpid())
	total := 0.0
	for events, err := range session.Watch().Events(ctx) {
		if err != nil {
			return err
		}
		for _, ended := range events.Ended() {
			if ended.Episode < t.Episodes {
				total += ended.TotalReward
				fmt.Printf("episode %d: return %.1f in %d ticks\n", ended.Episode, ended.TotalReward, ended.Ticks)
			}
		}
	}
	fmt.Printf("the session has closed; %.1f in all\n", total)
	return nil
}
