package macenv_test

import (
	"context"
	"errors"
	"testing"

	"macenv.dev/macenv"
)

// spectate joins with the invite that is for those who look on.
func spectate(t *testing.T, client *macenv.Client, owner *macenv.Session) *macenv.Session {
	t.Helper()
	invites := owner.Invites()
	spectator, err := client.Join(t.Context(), invites[len(invites)-1])
	if err != nil {
		t.Fatal(err)
	}
	return spectator
}

// decide is what arithmeticPolicy answers.
func decide(events *macenv.Events) *macenv.Decisions {
	var decisions macenv.Decisions
	for row, agent := range events.AllPending() {
		decisions.Add(events.Lane(row), agent, arithmeticPolicy(events, row, agent))
	}
	return &decisions
}

// The player goes on when the spectator has seen where the lane stands, so that nothing is left out.
func TestASpectatorSeesTheCourseOfTheGameAlone(t *testing.T) {
	ctx := withinSeconds(t, 60)
	client := dial(t, target(t))
	owner := create(t, client, "bp-10", macenv.WithSeeds(7), macenv.WithSpectators(macenv.View{}))
	spectator := spectate(t, client, owner)
	if len(spectator.Seats()) != 0 {
		t.Fatalf("seats: %v (expected: none)", spectator.Seats())
	}
	played := step(t, owner, nil)
	total, ended := 0.0, 0
	watch := spectator.Watch()
	for seen, err := range watch.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		// Where nothing has happened yet a first message has no row.
		for r := range seen.Rows() {
			total += seen.JointReward(r)
			for agent := range seen.Spec().Size() {
				if status := seen.Status(r, agent); status != macenv.StatusHidden {
					t.Errorf("status of agent %d: %v (expected: hidden)", agent, status)
				}
			}
			if seen.Kind(r) == played.Kind(0) && seen.Tick(r) == played.Tick(0) && !played.Kind(0).IsEnd() {
				played = step(t, owner, decide(played))
			}
		}
		for _, episode := range seen.Ended() {
			ended++
			if episode.TotalReward != total {
				t.Errorf("return %v, of the rows %v (expected: equal)", episode.TotalReward, total)
			}
		}
		if ended > 0 {
			break
		}
	}
	if ended != 1 || watch.DroppedRows() != 0 {
		t.Errorf("%d ended, %d dropped (expected: 1 and 0)", ended, watch.DroppedRows())
	}
}

func TestAWatchEndsWithTheSession(t *testing.T) {
	client := dial(t, target(t))
	owner := create(t, client, "bp-10", macenv.WithSpectators(macenv.View{}))
	step(t, owner, nil)
	for _, err := range spectate(t, client, owner).Watch().Events(withinSeconds(t, 60)) {
		if err != nil {
			t.Fatal(err)
		}
		_ = owner.Close()
	}
}

func TestTheCallersContextEndsAWatch(t *testing.T) {
	client := dial(t, target(t))
	owner := create(t, client, "bp-10")
	step(t, owner, nil)
	ctx, cancel := context.WithCancel(withinSeconds(t, 60))
	defer cancel()
	var last error
	for _, err := range owner.Watch().Events(ctx) {
		cancel()
		last = err
	}
	requireReason[*macenv.CanceledError](t, last, "")
	if !errors.Is(last, context.Canceled) {
		t.Errorf("%v (expected: context.Canceled in it)", last)
	}
}

func TestAWatchIsRefusedWithTypes(t *testing.T) {
	client := dial(t, target(t))
	owner := create(t, client, "bp-10")
	var last error
	for _, err := range owner.Watch(3).Events(withinSeconds(t, 60)) {
		last = err
	}
	requireReason[*macenv.RequestRefusedError](t, last, "INVALID_FIELD")

	first := owner.Watch().Events(withinSeconds(t, 60))
	for _, err := range first {
		if last = err; err != nil {
			break
		}
		for _, err := range owner.Watch().Events(withinSeconds(t, 60)) {
			if err != nil {
				t.Fatal(err)
			}
			break // it has displaced the first
		}
	}
	requireReason[*macenv.RequestRefusedError](t, last, "SUPERSEDED")
}

// The proxy cuts each connection after a few pieces; the walk goes on until the session closes.
func TestAWatchGoesOnWhenConnectionsAreCut(t *testing.T) {
	ctx := withinSeconds(t, 60)
	direct := dial(t, target(t))
	owner := create(t, direct, "bp-10", macenv.WithSeeds(7), macenv.WithSpectators(macenv.View{}))
	events := step(t, owner, nil)
	proxy := newCuttingProxy(t, target(t), 11)
	spectator := spectate(t, dial(t, proxy.address()), owner)
	for _, err := range spectator.Watch().Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if len(proxy.cuts) >= 3 {
			_ = owner.Close()
		} else {
			events = step(t, owner, decide(events))
		}
	}
	if len(proxy.cuts) < 3 {
		t.Errorf("cuts: %d (expected: at least 3)", len(proxy.cuts))
	}
}
