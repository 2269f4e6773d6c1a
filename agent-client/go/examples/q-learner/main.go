// Tabular Q-learning with macro-actions: two agents that learn to push the big box of bp-6, each for itself.
//
//	go run ./examples/q-learner [TARGET]
//
// Each agent has a table over what it sees and what it did last. When its macro-action ends, after tau ticks and a
// discounted reward r on its own clock, Q(h, m) moves towards r + gamma^tau max Q(h', .): quickly up, slowly down
// (hysteresis), because bad luck with a partner who still explores says little about a macro-action.
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"macenv.dev/macenv"
)

const (
	gamma    = 0.95
	up       = 0.3
	down     = 0.03
	lanes    = 16
	episodes = 4000
)

// turn is what an agent knew and chose.
type turn struct {
	key    string
	action int
}

// learner is one agent: its table, and in each lane what it knew and chose last.
type learner struct {
	seat   int
	random *rand.Rand
	table  map[string][]float64
	last   map[int]turn
}

func newLearner(seat int) *learner {
	return &learner{seat, rand.New(rand.NewPCG(3, uint64(seat))), map[string][]float64{}, map[int]turn{}}
}

// learn takes in a macro-action that has ended.
func (l *learner) learn(events *macenv.Events, row int) {
	last, decided := l.last[events.Lane(row)]
	over := events.Kind(row).IsEnd()
	if !decided || events.Status(row, l.seat) == macenv.StatusFresh || !over && !events.Pending(row, l.seat) {
		return
	}
	value := events.AgentReward(row, l.seat)
	if !over {
		following := l.values(events, key(events, row, l.seat, last.action))
		value += math.Pow(gamma, float64(events.AgentTau(row, l.seat))) * slices.Max(following)
	}
	values := l.values(events, last.key)
	rate := down
	if value > values[last.action] {
		rate = up
	}
	values[last.action] += rate * (value - values[last.action])
}

// choose takes the best macro-action with probability 1 - epsilon.
func (l *learner) choose(events *macenv.Events, row int, epsilon float64) int {
	lane, before := events.Lane(row), -1
	if events.Status(row, l.seat) != macenv.StatusFresh {
		before = l.last[lane].action
	}
	var legal []int
	for action, allowed := range events.LegalMask(row, l.seat) {
		if allowed != 0 {
			legal = append(legal, action)
		}
	}
	now := turn{key(events, row, l.seat, before), legal[l.random.IntN(len(legal))]}
	if l.random.Float64() >= epsilon {
		values := l.values(events, now.key)
		now.action = slices.MaxFunc(legal, func(a, b int) int {
			switch {
			case values[a] < values[b]:
				return -1
			case values[a] > values[b]:
				return 1
			}
			return 0
		})
	}
	l.last[lane] = now
	return now.action
}

func (l *learner) values(events *macenv.Events, key string) []float64 {
	values, known := l.table[key]
	if !known {
		values = make([]float64, events.Spec().ActionCount(l.seat))
		l.table[key] = values
	}
	return values
}

func key(events *macenv.Events, row, seat, last int) string {
	return fmt.Sprint(events.Observation(row, seat), last)
}

// play plays this many episodes, exploring less and less if they are for learning; their returns.
func play(ctx context.Context, session *macenv.Session, learners []*learner, count int, learning bool) ([]float64, error) {
	for _, learner := range learners {
		clear(learner.last) // what was under way, not what has been learnt
	}
	var returns []float64
	var decisions macenv.Decisions
	for len(returns) < count {
		events, err := session.Step(ctx, &decisions)
		if err != nil {
			return nil, err
		}
		decisions.Clear()
		epsilon := 0.0
		if learning {
			epsilon = max(0.05, 1-1.5*float64(len(returns))/float64(count))
		}
		for row := range events.Rows() {
			for _, learner := range learners {
				if learning {
					learner.learn(events, row)
				}
				if events.Pending(row, learner.seat) {
					decisions.Add(events.Lane(row), learner.seat, learner.choose(events, row, epsilon))
				}
			}
		}
		for _, episode := range events.Ended() {
			returns = append(returns, episode.TotalReward)
		}
	}
	return returns, nil
}

func run(ctx context.Context, target string) error {
	client, err := macenv.Dial(ctx, target)
	if err != nil {
		return err
	}
	defer client.Close()
	training, err := client.CreateSession(ctx, "bp-6", macenv.WithLanes(lanes), macenv.WithSeeds(7), macenv.WithGamma(gamma))
	if err != nil {
		return err
	}
	defer training.Close()
	evaluation, err := client.CreateSession(ctx, "bp-6", macenv.WithSeeds(8), macenv.WithGamma(gamma))
	if err != nil {
		return err
	}
	defer evaluation.Close()
	var learners []*learner
	for _, seat := range training.Seats() {
		learners = append(learners, newLearner(seat))
	}
	returns, err := play(ctx, training, learners, episodes, true)
	if err != nil {
		return err
	}
	first := 0
	for part := range slices.Chunk(returns, (len(returns)+7)/8) {
		total := 0.0
		for _, value := range part {
			total += value
		}
		fmt.Printf("episodes %5d..  mean return %6.1f\n", first, total/float64(len(part)))
		first += len(part)
	}
	greedy, err := play(ctx, evaluation, learners, 1, false)
	if err != nil {
		return err
	}
	fmt.Printf("the learned policies: return %.1f\n", greedy[0])
	return nil
}

func main() {
	target := "localhost:50051"
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	if err := run(context.Background(), target); err != nil {
		log.Fatal(err)
	}
}
