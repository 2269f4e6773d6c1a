package macenv_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"macenv.dev/macenv"
)

// stay takes one tick in Box Pushing.
const stay = 7

func limitedDecisions() *macenv.Decisions { return &macenv.Decisions{MaxTicks: 3} }

// A program that is killed does not know whether its last step arrived; its successor need not know either.
func TestASuccessorRepeatsTheStepThatWasSentLast(t *testing.T) {
	for name, transport := range map[string]macenv.Transport{"stream": macenv.Stream, "unary": macenv.Unary} {
		for _, arrived := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/arrived %t", name, arrived), func(t *testing.T) {
				client := dial(t, target(t), macenv.WithTransport(transport))
				first := create(t, client, "bp-10", macenv.WithSeeds(7))
				step(t, first, nil)
				sent := limitedDecisions().Add(0, 0, stay).Add(0, 1, 0)
				sentStepID := first.LastStepID() + 1
				if arrived {
					step(t, first, sent)
				}

				second, err := client.Attach(t.Context(), first.Key(), macenv.AttachSent(sentStepID))
				if err != nil {
					t.Fatal(err)
				}
				if second.LastStepID() != 1 || second.NextStepTaken() != arrived {
					t.Errorf("last %d, next taken %t (expected: 1, %t)", second.LastStepID(), second.NextStepTaken(), arrived)
				}
				if events := step(t, second, sent); events.Tick(0) != 1 {
					t.Errorf("%v (expected: tick 1)", events)
				}
				if second.LastStepID() != 2 || second.NextStepTaken() {
					t.Errorf("last %d, next taken %t (expected: 2, false)", second.LastStepID(), second.NextStepTaken())
				}
				if events := step(t, second, limitedDecisions().Add(0, 0, stay)); events.Tick(0) != 2 {
					t.Errorf("%v (expected: tick 2)", events)
				}
			})
		}
	}
}

// The step waits for another player when its program is killed.
func TestASuccessorFollowsAStepThatIsUnderWay(t *testing.T) {
	client := dial(t, target(t))
	owner := create(t, client, "bp-10", macenv.WithSeeds(7), macenv.WithOpenSeats(1))
	other, err := client.Join(t.Context(), owner.Invites()[0])
	if err != nil {
		t.Fatal(err)
	}
	step(t, other, nil)
	step(t, owner, nil)
	sent := new(macenv.Decisions).Add(0, 0, stay)
	ctx, kill := context.WithCancel(withinSeconds(t, 60))
	killed := make(chan error)
	go func() {
		_, err := owner.Step(ctx, sent)
		killed <- err
	}()
	for taken := false; !taken; {
		observer, err := client.Attach(t.Context(), owner.Key())
		if err != nil {
			t.Fatal(err)
		}
		taken = observer.LastStepID() == 2
	}
	kill()
	requireReason[*macenv.CanceledError](t, <-killed, "")

	second, err := client.Attach(t.Context(), owner.Key(), macenv.AttachSent(2))
	if err != nil || !second.NextStepTaken() {
		t.Fatalf("%v, next taken: %t (expected: true)", err, second.NextStepTaken())
	}
	decided := make(chan error)
	go func() {
		_, err := other.Step(withinSeconds(t, 60), new(macenv.Decisions).Add(0, 1, stay))
		decided <- err
	}()
	if events := step(t, second, sent); events.Tick(0) != 1 {
		t.Errorf("%v (expected: tick 1)", events)
	}
	if err := <-decided; err != nil {
		t.Error(err)
	}
}

func TestASuccessorIsToldThatTheSessionHasGoneOn(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "bp-10")
	if _, err := client.Attach(t.Context(), session.Key(), macenv.AttachSent(0)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		step(t, session, nil)
	}
	for _, sent := range []uint64{2, 5} {
		_, err := client.Attach(t.Context(), session.Key(), macenv.AttachSent(sent))
		failure := requireReason[*macenv.RequestRefusedError](t, err, "STEP_ID_MISMATCH")
		if expected := fmt.Sprintf("AttachSent: %d (expected: 3,", sent); !strings.Contains(failure.Message, expected) {
			t.Errorf("%s (expected: %s in it)", failure.Message, expected)
		}
	}
}
