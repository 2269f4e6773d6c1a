package macenv_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"macenv.dev/macenv"
)

// arithmeticPolicy chooses by the row's numbers alone, so that any client can do the same.
func arithmeticPolicy(events *macenv.Events, row, agent int) int {
	var legal []int
	for action, allowed := range events.LegalMask(row, agent) {
		if allowed != 0 {
			legal = append(legal, action)
		}
	}
	return legal[(events.Lane(row)*5+events.Episode(row)*3+events.Tick(row)*7+agent)%len(legal)]
}

// javaDigests are what the Java client's TrajectoryDigest makes of three episodes per lane of arithmeticPolicy, seed 7,
// gamma 0.95.
var javaDigests = []struct {
	environment string
	lanes       int
	digest      string
}{
	{"bp-10", 1, "f6c8e465db6bbd6e05a88c787014e33d8e09045e29193fed1c075c556a0d45df"},
	{"bp-10", 3, "ba684d31d000911c4dda5361105c11f2bfdd600f80de0580e1d5831e65580c5d"},
	{"wtd-s", 1, "7a94d8e6e0e4c538676ea07a0128e67b9e7d58bdb6410768d30625d3c16f130b"},
	{"wtd-s", 3, "911a1f8f361cdfe1f8afc362aed5620baced46e24c5a4040d742f021fdb5f5d4"},
	{"bp-6", 1, "d108accc77fc9892289631383a4e3b017443f59ff87ba49f89c44de0789068af"},
	{"bp-6", 3, "44c64a7b591da031e848f9b04b067bbfca1dbc00aed966b6fd80b0c9b73539c3"},
}

// digest plays three episodes in every lane.
func digest(t *testing.T, session *macenv.Session) string {
	t.Helper()
	d := macenv.NewTrajectoryDigest(session.Lanes(), 3)
	for events, err := range macenv.NewEpisodeLoop(session, arithmeticPolicy).Events(withinSeconds(t, 120)) {
		if err != nil {
			t.Fatal(err)
		}
		d.Add(events)
		if d.Complete() {
			break
		}
	}
	return d.All()
}

func TestDigestsAreThoseOfTheJavaClient(t *testing.T) {
	for name, transport := range map[string]macenv.Transport{"stream": macenv.Stream, "unary": macenv.Unary} {
		client := dial(t, target(t), macenv.WithTransport(transport))
		for _, expected := range javaDigests {
			t.Run(name+"/"+expected.environment, func(t *testing.T) {
				session := create(t, client, expected.environment,
					macenv.WithLanes(expected.lanes), macenv.WithSeeds(7), macenv.WithGamma(0.95))
				if actual := digest(t, session); actual != expected.digest {
					t.Errorf("%d lanes: %s (expected: %s)", expected.lanes, actual, expected.digest)
				}
			})
		}
	}
}

func TestStepsAreExecutedExactlyOnceWhenConnectionsAreCut(t *testing.T) {
	for name, transport := range map[string]macenv.Transport{"stream": macenv.Stream, "unary": macenv.Unary} {
		t.Run(name, func(t *testing.T) {
			direct := dial(t, target(t))
			owner := create(t, direct, "bp-10", macenv.WithLanes(3), macenv.WithSeeds(7), macenv.WithGamma(0.95))
			proxy := newCuttingProxy(t, target(t), 23)
			client := dial(t, proxy.address(), macenv.WithTransport(transport))
			session, err := client.Attach(t.Context(), owner.Key())
			if err != nil {
				t.Fatal(err)
			}
			actual := digest(t, session)
			if len(proxy.cuts) < 2 {
				t.Errorf("cuts: %d (expected: at least 2)", len(proxy.cuts))
			}
			for _, expected := range javaDigests {
				if expected.environment == "bp-10" && expected.lanes == 3 && actual != expected.digest {
					t.Errorf("after %d cuts: %s (expected: %s)", len(proxy.cuts), actual, expected.digest)
				}
			}
		})
	}
}

// The joint clock adds up to the episode, traces to rewards, agents' clocks to their macro-actions; what is held is held.
func TestEventAlgebra(t *testing.T) {
	const gamma = 0.9
	client := dial(t, target(t))
	for _, environment := range []string{"bp-10", "wtd-s"} {
		t.Run(environment, func(t *testing.T) {
			session := create(t, client, environment, macenv.WithLanes(4), macenv.WithSeeds(1), macenv.WithGamma(gamma),
				macenv.WithView(macenv.TrainingView()))
			ticks := make([]int, 4)
			total := make([]float64, 4)
			var held [4][][]float32
			episodes := 0
			loop := macenv.NewEpisodeLoop(session, macenv.RandomPolicy(rand.New(rand.NewPCG(3, 4))))
			for events, err := range loop.Events(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				ended := events.Ended()
				for r := range events.Rows() {
					lane := events.Lane(r)
					if events.Kind(r) == macenv.KindStart {
						ticks[lane], total[lane], held[lane] = 0, 0, make([][]float32, session.Spec().Size())
					}
					ticks[lane] += events.JointTau(r)
					if ticks[lane] != events.Tick(r) {
						t.Fatalf("lane %d: sum of tau %d (expected: %d)", lane, ticks[lane], events.Tick(r))
					}
					accumulated, discount := 0.0, 1.0
					for _, reward := range events.RewardTrace(r) {
						accumulated += discount * reward
						discount *= gamma
						total[lane] += reward
					}
					if math.Abs(accumulated-events.JointReward(r)) > 1e-9 {
						t.Fatalf("lane %d: trace adds up to %v (expected: %v)", lane, accumulated, events.JointReward(r))
					}
					for agent := range session.Spec().Size() {
						observation := events.Observation(r, agent)
						if !events.Status(r, agent).HasNewObservation() && !equal(observation, held[lane][agent]) {
							t.Fatalf("lane %d agent %d: the observation changed while the agent was busy", lane, agent)
						}
						held[lane][agent] = observation
						if events.AgentTau(r, agent) > events.Tick(r) {
							t.Fatalf("lane %d agent %d: tau %d (expected: at most %d)", lane, agent, events.AgentTau(r, agent), events.Tick(r))
						}
						if events.Kind(r) == macenv.KindStart && events.Status(r, agent) != macenv.StatusFresh {
							t.Fatalf("lane %d agent %d: %v at the start", lane, agent, events.Status(r, agent))
						}
						if len(events.State(r)) != session.Spec().State.Size || len(events.MacroState(r, agent)) != session.Spec().State.Size {
							t.Fatal("state: wrong size")
						}
					}
					if events.Kind(r).IsEnd() {
						summary := ended[0]
						ended = ended[1:]
						episodes++
						if summary.Lane != lane || summary.Ticks != ticks[lane] || math.Abs(summary.TotalReward-total[lane]) > 1e-6 {
							t.Fatalf("%+v (expected: lane %d, %d ticks, total %v)", summary, lane, ticks[lane], total[lane])
						}
					}
				}
				if episodes >= 8 {
					break
				}
			}
		})
	}
}

func TestWhatAgentsHoldIsWhatTheyWereTold(t *testing.T) {
	session := create(t, dial(t, target(t)), "bp-10", macenv.WithLanes(2), macenv.WithSeeds(5),
		macenv.WithView(macenv.TrainingView()))
	events := step(t, session, nil)
	held, err := session.MacroObservation(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	states, err := session.MacroState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if held.Rows() != 1 || held.Lane(0) != 1 || held.LaneState(0) != macenv.LaneAwaiting {
		t.Errorf("rows %d, lane %d, %v (expected: lane 1 alone, awaiting)", held.Rows(), held.Lane(0), held.LaneState(0))
	}
	for agent := range session.Spec().Size() {
		if !held.Pending(0, agent) || !equal(held.Observation(0, agent), events.Observation(1, agent)) {
			t.Errorf("agent %d does not hold what the START row said", agent)
		}
		if !equal(states.MacroState(1, agent), events.MacroState(1, agent)) {
			t.Errorf("agent %d: another macro-state than in the START row", agent)
		}
	}
}

// An episode's seed gives the same episode alone.
func TestResetEpisodesPlaysAnEpisodeAgain(t *testing.T) {
	session := create(t, dial(t, target(t)), "bp-10", macenv.WithSeeds(11))
	first := step(t, session, nil)
	if _, err := session.ResetEpisodes(t.Context(), nil, []uint64{first.Started()[0].Seed}); err != nil {
		t.Fatal(err)
	}
	again := step(t, session, nil)
	if again.Episode(0) != 1 || !equal(again.Observation(0, 0), first.Observation(0, 0)) {
		t.Errorf("%v (expected: episode 1, which begins as episode 0 did)", again)
	}
}

func TestTickLimitStopsLanes(t *testing.T) {
	session := create(t, dial(t, target(t)), "bp-10", macenv.WithSeeds(1))
	decisions := macenv.Decisions{MaxTicks: 1}
	for row, agent := range step(t, session, nil).AllPending() {
		decisions.Add(0, agent, 0)
		_ = row
	}
	events := step(t, session, &decisions)
	if events.JointTau(0) != 1 {
		t.Errorf("%v: tau %d (expected: 1)", events, events.JointTau(0))
	}
}

// Two players of one episode, each with a seat, a token and steps of its own.
func TestPlayersJoinASession(t *testing.T) {
	ctx := withinSeconds(t, 60)
	client := dial(t, target(t))
	owner := create(t, client, "bp-10", macenv.WithSeeds(2), macenv.WithOpenSeats(0, 1))
	results := make(chan error, 2)
	for _, invite := range owner.Invites() {
		session, err := client.Join(ctx, invite)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		go func() {
			_, err := macenv.NewEpisodeLoop(session, macenv.RandomPolicy(rand.New(rand.NewPCG(1, 2)))).Play(ctx, 1)
			results <- err
		}()
	}
	// The first to finish holds up the other only after the episode, which both are told of.
	for range owner.Invites() {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestStepAfterCloseIsRefusedHere(t *testing.T) {
	session := create(t, dial(t, target(t)), "bp-10")
	_ = session.Close()
	if _, err := session.Step(t.Context(), nil); !errors.Is(err, macenv.ErrClosed) {
		t.Errorf("%v (expected: %v)", err, macenv.ErrClosed)
	}
}

func equal(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}
