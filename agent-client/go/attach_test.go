package macenv_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"macenv.dev/macenv"
	"macenv.dev/macenv/macenvpb"
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

// waiting is a session whose next step, the second, waits for another player, and that player.
func waiting(t *testing.T, client *macenv.Client) (owner, other *macenv.Session) {
	t.Helper()
	owner = create(t, client, "bp-10", macenv.WithSeeds(7), macenv.WithOpenSeats(1))
	other, err := client.Join(t.Context(), owner.Invites()[0])
	if err != nil {
		t.Fatal(err)
	}
	step(t, other, nil)
	step(t, owner, nil)
	return owner, other
}

func attach(t *testing.T, client *macenv.Client, key macenv.SessionKey, options ...macenv.AttachOption) *macenv.Session {
	t.Helper()
	session, err := client.Attach(t.Context(), key, options...)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// begin takes a step in another goroutine, and returns when the server has taken it.
func begin(t *testing.T, ctx context.Context, client *macenv.Client, session *macenv.Session, decisions *macenv.Decisions) <-chan error {
	t.Helper()
	ended := make(chan error, 1)
	stepID := session.LastStepID() + 1
	go func() {
		_, err := session.Step(ctx, decisions)
		ended <- err
	}()
	for attach(t, client, session.Key()).LastStepID() < stepID {
	}
	return ended
}

// The step waits for another player when its program is killed.
func TestASuccessorFollowsAStepThatIsUnderWay(t *testing.T) {
	client := dial(t, target(t))
	owner, other := waiting(t, client)
	sent := new(macenv.Decisions).Add(0, 0, stay)
	ctx, kill := context.WithCancel(withinSeconds(t, 60))
	killed := begin(t, ctx, client, owner, sent)
	kill()
	requireReason[*macenv.CanceledError](t, <-killed, "")

	second := attach(t, client, owner.Key(), macenv.AttachSent(2))
	if !second.NextStepTaken() {
		t.Error("next taken: false (expected: true)")
	}
	decided := make(chan error, 1)
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

// The request of an older stream of the same client comes late, and takes over.
func TestAStreamDisplacedByAnOlderOneBeforeItWasAnsweredIsOpenedAgain(t *testing.T) {
	ctx := withinSeconds(t, 60)
	client := dial(t, target(t))
	owner, other := waiting(t, client)
	stepped := begin(t, ctx, client, attach(t, client, owner.Key()), new(macenv.Decisions).Add(0, 0, stay))

	connection, err := grpc.NewClient(target(t), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	late, err := macenvpb.NewSessionServiceClient(connection).Play(withinSeconds(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	if err := late.Send(&macenvpb.StepRequest{
		Session: owner.Key().Session, Token: owner.Key().Token, StepId: 2,
		Lane: []uint32{0}, Seat: []uint32{0}, Action: []int32{stay},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := late.Recv(); err == nil || !slices.Equal(late.Trailer().Get("macenv-reason"), []string{"SUPERSEDED"}) {
		t.Fatalf("%v (expected: SUPERSEDED, since the session has taken over again)", err)
	}
	step(t, other, new(macenv.Decisions).Add(0, 1, stay))
	if err := <-stepped; err != nil {
		t.Error(err)
	}
}

// Its stream has been answered before, so whoever has taken over is another client, and is not fought.
func TestAClientThatIsDisplacedByAnotherIsToldSo(t *testing.T) {
	ctx := withinSeconds(t, 60)
	client := dial(t, target(t))
	owner, other := waiting(t, client)
	sent := new(macenv.Decisions).Add(0, 0, stay)
	displaced := begin(t, ctx, client, owner, sent)
	second := begin(t, ctx, client, attach(t, dial(t, target(t)), owner.Key(), macenv.AttachSent(2)), sent)
	requireReason[*macenv.RequestRefusedError](t, <-displaced, "SUPERSEDED")
	step(t, other, new(macenv.Decisions).Add(0, 1, stay))
	if err := <-second; err != nil {
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
