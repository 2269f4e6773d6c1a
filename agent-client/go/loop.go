package macenv

import (
	"context"
	"iter"
	"math/rand/v2"
)

// Policy chooses the macro-action of an agent that is pending in a row: the id of a legal one. Called in row order and
// then in order of seat.
type Policy func(events *Events, row, agent int) int

// RandomPolicy chooses uniformly among the legal macro-actions, with one draw for every choice. As safe for use by
// several goroutines as its generator.
func RandomPolicy(random *rand.Rand) Policy {
	return func(events *Events, row, agent int) int {
		mask := events.LegalMask(row, agent)
		legal := 0
		for _, allowed := range mask {
			legal += int(allowed)
		}
		left := random.IntN(legal)
		for action, allowed := range mask {
			if allowed != 0 {
				if left == 0 {
					return action
				}
				left--
			}
		}
		panic("macenv: no legal macro-action")
	}
}

// ScriptedPolicy plays the same macro-actions in every episode: each agent its own list, one after the other, and the
// last one again when the list is over. No list may be empty. One goroutine at a time.
func ScriptedPolicy(script [][]int) Policy {
	type place struct{ lane, agent int }
	turns := make(map[place]int)
	return func(events *Events, row, agent int) int {
		at := place{events.Lane(row), agent}
		if events.Kind(row) == KindStart {
			turns[at] = 0
		}
		turn := turns[at]
		turns[at]++
		return script[agent][min(turn, len(script[agent])-1)]
	}
}

// EpisodeLoop lets a policy play the seats of a session. The whole of it:
//
//	for {
//		events, err := session.Step(ctx, &decisions)
//		...
//		decisions.Clear()
//		for row, agent := range events.AllPending() {
//			decisions.Add(events.Lane(row), agent, policy(events, row, agent))
//		}
//	}
//
// Lanes that fail are reset. One goroutine at a time.
type EpisodeLoop struct {
	session   *Session
	policy    Policy
	decisions Decisions
	last      *Events // not decided upon yet
}

// NewEpisodeLoop makes a loop; nothing happens before it is used.
func NewEpisodeLoop(session *Session, policy Policy) *EpisodeLoop {
	return &EpisodeLoop{session: session, policy: policy}
}

// Events walks over everything that happens, without end: each step's events come before the policy sees them. It ends
// with the first error. After a break, and after an error, a second walk goes on where the first one stopped.
//
//	for events, err := range loop.Events(ctx) {
//		if err != nil { return err }
//		...
//	}
func (l *EpisodeLoop) Events(ctx context.Context) iter.Seq2[*Events, error] {
	return func(yield func(*Events, error) bool) {
		for {
			events, err := l.next(ctx)
			if !yield(events, err) || err != nil {
				return
			}
		}
	}
}

// Play plays until this many episodes, at least 1, have ended, over all lanes together, and returns them in the order of
// their ends; with several lanes it may be a few more. Lanes that are in the middle of an episode stay there: a second
// call goes on with them.
func (l *EpisodeLoop) Play(ctx context.Context, episodes int) ([]EpisodeSummary, error) {
	var ended []EpisodeSummary
	for events, err := range l.Events(ctx) {
		if err != nil {
			return ended, err
		}
		ended = append(ended, events.Ended()...)
		if len(ended) >= episodes {
			break
		}
	}
	return ended, nil
}

func (l *EpisodeLoop) next(ctx context.Context) (*Events, error) {
	if l.last != nil {
		if err := l.decide(ctx); err != nil {
			return nil, err
		}
	}
	events, err := l.session.Step(ctx, &l.decisions)
	if err != nil {
		return nil, err
	}
	l.last = events
	return events, nil
}

// decide forgets the events when all that follows from them is done, so that it can be tried again.
func (l *EpisodeLoop) decide(ctx context.Context) error {
	events := l.last
	var toReset []int
	for r := range events.Rows() {
		kind := events.Kind(r)
		if kind == KindFault || (kind.IsEnd() && l.session.ResetMode() == ResetManual) {
			toReset = append(toReset, events.Lane(r))
		}
	}
	if len(toReset) > 0 {
		if _, err := l.session.Reset(ctx, toReset, nil); err != nil {
			return err
		}
	}
	l.decisions.Clear()
	for row, agent := range events.AllPending() {
		l.decisions.Add(events.Lane(row), agent, l.policy(events, row, agent))
	}
	l.last = nil
	return nil
}
