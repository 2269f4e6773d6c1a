package macenv

import (
	"fmt"
	"iter"
	"strings"

	"macenv.dev/macenv/macenvpb"
)

// EventKind says why a lane reports.
type EventKind uint8

// The kinds of events. A kind that this client does not know reads as KindTickLimit.
const (
	// KindStart begins an episode: tick 0, every agent pending.
	KindStart EventKind = 1
	// KindDecision: at least one macro-action ended; those agents are pending.
	KindDecision EventKind = 2
	// KindEndTerminated: the episode ended by the rules.
	KindEndTerminated EventKind = 3
	// KindEndTruncated: the episode was cut short, by the horizon or because a player was absent: a learner may bootstrap.
	KindEndTruncated EventKind = 4
	// KindTickLimit: the step's limit of ticks was reached; nobody of the session's seats is pending.
	KindTickLimit EventKind = 5
	// KindFault: the environment failed in this lane; Session.Reset brings it back.
	KindFault EventKind = 6
)

// IsEnd is true for the two kinds with which an episode ends.
func (k EventKind) IsEnd() bool { return k == KindEndTerminated || k == KindEndTruncated }

// AsksForDecisions is true for the two kinds in which agents may be pending.
func (k EventKind) AsksForDecisions() bool { return k == KindStart || k == KindDecision }

// String is the kind's name in the protocol.
func (k EventKind) String() string {
	return strings.TrimPrefix(macenvpb.EventKind(k).String(), "EVENT_KIND_")
}

// AgentStatus says what happened to an agent on the tick of an event.
type AgentStatus uint8

// What may happen to an agent. A status that this client does not know reads as StatusHidden.
const (
	// StatusHidden: not visible to this session's grant.
	StatusHidden AgentStatus = 0
	// StatusOngoing: its macro-action goes on; its macro-observation is the one it last received.
	StatusOngoing AgentStatus = 1
	// StatusDone: its macro-action ended; it has a new macro-observation.
	StatusDone AgentStatus = 2
	// StatusCut: the episode ended in the middle of its macro-action.
	StatusCut AgentStatus = 3
	// StatusFailed: its macro-action could not be carried out; it has a new macro-observation and decides again.
	StatusFailed AgentStatus = 4
	// StatusFresh: the episode has just begun.
	StatusFresh AgentStatus = 5
)

// HasNewObservation is true if the agent received a new macro-observation with the event.
func (s AgentStatus) HasNewObservation() bool {
	return s == StatusDone || s == StatusFailed || s == StatusFresh
}

// String is the status's name in the protocol, or HIDDEN.
func (s AgentStatus) String() string {
	if s == StatusHidden {
		return "HIDDEN"
	}
	return strings.TrimPrefix(macenvpb.AgentStatus(s).String(), "AGENT_STATUS_")
}

// EpisodeStart is an episode that began.
type EpisodeStart struct {
	// Lane and Episode of the START row.
	Lane, Episode int
	// Seed of the episode, for Session.ResetEpisodes; 0 for others than the session's owner.
	Seed uint64
}

// EpisodeSummary is an episode that ended.
type EpisodeSummary struct {
	// Lane and Episode of the END row.
	Lane, Episode int
	// Seed of the episode; 0 for others than the session's owner.
	Seed uint64
	// Ticks is the length of the episode.
	Ticks int
	// Decisions is the number of macro-actions begun by all agents; 0 unless the session sees all of them.
	Decisions int
	// TotalReward is the sum of the joint rewards of all ticks, not discounted.
	TotalReward float64
	// DiscountedReward is the sum over the ticks t = 0, 1, ... of gamma^t times the joint reward.
	DiscountedReward float64
	// Metrics are figures that the environment adds; empty without View.State.
	Metrics map[string]float64
}

// LaneFault is a lane that failed.
type LaneFault struct {
	// Lane, Episode and Tick of the FAULT row.
	Lane, Episode, Tick int
	// Message for people.
	Message string
	// Trace finds the fault in the server's log; may be empty.
	Trace string
}

// Events are what happened: k rows, each a moment at which a lane stopped, in ascending order of lane, episode, tick
// and kind.
//
// Rows r are 0..k-1 and agents (seats) 0..n-1; other indices panic. Everything of agents that the session may not see
// is zero, with StatusHidden. What the session's View does not include panics when asked for.
//
// Slices are views of the message as it came off the wire, where the machine's numbers allow it: they cost no copy,
// live as long as anybody holds them, and must not be written to. Events never change and may be read by several
// goroutines at once; the next Step makes new ones.
type Events struct {
	spec  *TeamSpec
	seats []int
	wire  *macenvpb.EventBatch
	rows  int

	agents        []agentSlab
	agentReward   []float64
	agentTau      []uint32
	state         []float32
	macroState    []float32
	currentAction []int32
	rewardTrace   []float64
	traceStart    []int
	started       []EpisodeStart
	ended         []EpisodeSummary
	faults        []LaneFault

	lanesRunning          int
	lanesWaitingForOthers int
}

func newEvents(spec *TeamSpec, seats []int, response *macenvpb.StepResponse) (*Events, error) {
	wire := response.GetEvents()
	if wire == nil {
		wire = &macenvpb.EventBatch{}
	}
	rows := int(wire.GetRows())
	e := &Events{
		spec:                  spec,
		seats:                 seats,
		wire:                  wire,
		rows:                  rows,
		lanesRunning:          int(response.GetLanesRunning()),
		lanesWaitingForOthers: int(response.GetLanesWaitingForOthers()),
	}
	if err := e.requireColumns(); err != nil {
		return nil, err
	}
	var err error
	if e.agents, err = newAgentSlabs(spec, rows, groupsOf(spec, wire)); err != nil {
		return nil, err
	}
	e.agentReward = viewFloat64(wire.GetAgentReward())
	e.agentTau = viewUint32(wire.GetAgentTau())
	e.state = floats(wire.GetState(), spec.State.dtype)
	e.macroState = floats(wire.GetMacroState(), spec.State.dtype)
	e.currentAction = viewInt32(wire.GetCurrentAction())
	e.rewardTrace = viewFloat64(wire.GetRewardTrace())
	e.readEpisodes()
	return e, nil
}

// groupsOf allows an answer without rows to leave out its empty slabs.
func groupsOf(spec *TeamSpec, wire *macenvpb.EventBatch) []*macenvpb.GroupSlab {
	if wire.GetRows() == 0 && len(wire.GetGroups()) == 0 {
		return make([]*macenvpb.GroupSlab, len(spec.Groups))
	}
	return wire.GetGroups()
}

// requireColumns checks every length once, so that reading needs no checks of its own.
func (e *Events) requireColumns() error {
	k, n, w := e.rows, e.spec.Size(), e.wire
	e.traceStart = make([]int, k+1)
	if err := requireLength("joint_tau", len(w.GetJointTau()), k); err != nil {
		return err
	}
	for r, tau := range w.GetJointTau() {
		e.traceStart[r+1] = e.traceStart[r] + int(tau)
	}
	stateBytes := e.spec.State.Size * elementBytes(e.spec.State.dtype)
	for _, column := range []struct {
		name             string
		length, expected int
		mayBeEmpty       bool
	}{
		{"lane", len(w.GetLane()), k, false},
		{"episode", len(w.GetEpisode()), k, false},
		{"tick", len(w.GetTick()), k, false},
		{"kind", len(w.GetKind()), k, false},
		{"status", len(w.GetStatus()), k * n, false},
		{"joint_reward", len(w.GetJointReward()), k, false},
		{"agent_reward", len(w.GetAgentReward()), k * n * 8, false},
		{"agent_tau", len(w.GetAgentTau()), k * n * 4, false},
		{"state", len(w.GetState()), k * stateBytes, true},
		{"macro_state", len(w.GetMacroState()), k * n * stateBytes, true},
		{"current_action", len(w.GetCurrentAction()), k * n * 4, true},
		{"reward_trace", len(w.GetRewardTrace()), e.traceStart[k] * 8, true},
		{"absent", len(w.GetAbsent()), k * n, true},
	} {
		if column.mayBeEmpty && column.length == 0 {
			continue
		}
		if err := requireLength(column.name, column.length, column.expected); err != nil {
			return err
		}
	}
	return nil
}

func (e *Events) readEpisodes() {
	e.started = newEpisodeStarts(e.wire.GetStarted())
	for _, ended := range e.wire.GetEnded() {
		e.ended = append(e.ended, EpisodeSummary{
			Lane:             int(ended.GetLane()),
			Episode:          int(ended.GetEpisode()),
			Seed:             ended.GetSeed(),
			Ticks:            int(ended.GetTicks()),
			Decisions:        int(ended.GetDecisions()),
			TotalReward:      ended.GetTotalReward(),
			DiscountedReward: ended.GetDiscountedReward(),
			Metrics:          ended.GetMetrics(),
		})
	}
	for _, fault := range e.wire.GetFaults() {
		e.faults = append(e.faults, LaneFault{
			Lane:    int(fault.GetLane()),
			Episode: int(fault.GetEpisode()),
			Tick:    int(fault.GetTick()),
			Message: fault.GetStatus().GetMessage(),
			Trace:   readDetails(fault.GetStatus()).metadata["trace"],
		})
	}
}

func newEpisodeStarts(wire []*macenvpb.EpisodeStart) []EpisodeStart {
	var started []EpisodeStart
	for _, start := range wire {
		started = append(started,
			EpisodeStart{Lane: int(start.GetLane()), Episode: int(start.GetEpisode()), Seed: start.GetSeed()})
	}
	return started
}

// Spec is the environment that the rows are about.
func (e *Events) Spec() *TeamSpec { return e.spec }

// Rows is the number of rows, k.
func (e *Events) Rows() int { return e.rows }

// Lane is the lane of a row.
func (e *Events) Lane(r int) int { return int(e.wire.Lane[r]) }

// Episode is the number of the episode in its lane, from 0.
func (e *Events) Episode(r int) int { return int(e.wire.Episode[r]) }

// Tick is the number of ticks since the episode began.
func (e *Events) Tick(r int) int { return int(e.wire.Tick[r]) }

// Kind says why the lane stopped.
func (e *Events) Kind(r int) EventKind {
	kind := EventKind(e.wire.Kind[r])
	if kind < KindStart || kind > KindFault {
		return KindTickLimit
	}
	return kind
}

// Status says what happened to the agent.
func (e *Events) Status(r, agent int) AgentStatus {
	status := AgentStatus(e.wire.Status[e.cell(r, agent)])
	if status > StatusFresh {
		return StatusHidden
	}
	return status
}

// Pending is true if the agent owes a decision, before the lane's clock can move.
func (e *Events) Pending(r, agent int) bool {
	return e.Status(r, agent).HasNewObservation() && e.Kind(r).AsksForDecisions()
}

// AllPending walks over row and agent of every decision that the session owes, rows first.
//
//	for row, agent := range events.AllPending() {
//		decisions.Add(events.Lane(row), agent, choose(events.Observation(row, agent)))
//	}
func (e *Events) AllPending() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for r := range e.rows {
			for _, agent := range e.seats {
				if e.Pending(r, agent) && !yield(r, agent) {
					return
				}
			}
		}
	}
}

// Observation is the macro-observation that the agent holds: TeamSpec.ObservationSize elements.
func (e *Events) Observation(r, agent int) []float32 {
	return observationOf(e.spec, e.agents, r, agent)
}

// Legal is true if the agent may choose this macro-action; if it is not pending: as of when it last could.
func (e *Events) Legal(r, agent, action int) bool { return e.LegalMask(r, agent)[action] != 0 }

// LegalMask is Legal for all TeamSpec.ActionCount macro-actions: 1 if it may be chosen, else 0.
func (e *Events) LegalMask(r, agent int) []byte { return legalOf(e.spec, e.agents, r, agent) }

// JointReward is the discounted sum of the shared rewards of the JointTau ticks since the lane's previous row.
func (e *Events) JointReward(r int) float64 { return e.wire.JointReward[r] }

// JointTau is the number of ticks since the lane's previous row; the discount between the two rows is gamma to this
// power.
func (e *Events) JointTau(r int) int { return int(e.wire.JointTau[r]) }

// AgentReward is the discounted sum of the rewards of the AgentTau ticks since the agent's macro-action began.
func (e *Events) AgentReward(r, agent int) float64 { return e.agentReward[e.cell(r, agent)] }

// AgentTau is the number of ticks since the agent's macro-action began; of the one that has just ended, if one has.
func (e *Events) AgentTau(r, agent int) int { return int(e.agentTau[e.cell(r, agent)]) }

// State is the global state: TeamSpec.State.Size elements. Needs View.State.
func (e *Events) State(r int) []float32 {
	requireView(len(e.state) > 0 || e.spec.State.Size == 0, "State")
	return cut(e.state, r, e.spec.State.Size)
}

// MacroState is the agent's macro-state, the global state when it last received a macro-observation: TeamSpec.State.Size
// elements. Needs View.MacroState.
func (e *Events) MacroState(r, agent int) []float32 {
	requireView(len(e.macroState) > 0 || e.spec.State.Size == 0, "MacroState")
	return cut(e.macroState, e.cell(r, agent), e.spec.State.Size)
}

// CurrentAction is the macro-action in force on the last tick; -1 at the start of an episode. Needs
// View.CurrentActions.
func (e *Events) CurrentAction(r, agent int) int {
	requireView(len(e.currentAction) > 0, "CurrentActions")
	return int(e.currentAction[e.cell(r, agent)])
}

// RewardTrace is the shared reward of each of the JointTau ticks since the lane's previous row. Needs View.RewardTrace.
func (e *Events) RewardTrace(r int) []float64 {
	requireView(len(e.rewardTrace) > 0 || e.traceStart[e.rows] == 0, "RewardTrace")
	return e.rewardTrace[e.traceStart[r]:e.traceStart[r+1]:e.traceStart[r+1]]
}

// Absent is true if the agent's macro-action was chosen by the server, because its player was absent.
func (e *Events) Absent(r, agent int) bool {
	return len(e.wire.Absent) > 0 && e.wire.Absent[e.cell(r, agent)] != 0
}

// Started are the episodes that began, one for each START row, in row order.
func (e *Events) Started() []EpisodeStart { return e.started }

// Ended are the episodes that ended, one for each END row, in row order.
func (e *Events) Ended() []EpisodeSummary { return e.ended }

// Faults are the lanes that failed, one for each FAULT row, in row order.
func (e *Events) Faults() []LaneFault { return e.faults }

// LanesRunning is the number of lanes still running, whose rows a later step collects; see Decisions.MinReady.
func (e *Events) LanesRunning() int { return e.lanesRunning }

// LanesWaitingForOthers is the number of lanes that wait for decisions of other players only.
func (e *Events) LanesWaitingForOthers() int { return e.lanesWaitingForOthers }

// String lists the rows.
func (e *Events) String() string {
	rows := make([]string, e.rows)
	for r := range rows {
		rows[r] = fmt.Sprintf("lane %d episode %d tick %d %v", e.Lane(r), e.Episode(r), e.Tick(r), e.Kind(r))
	}
	return "Events[" + strings.Join(rows, ", ") + "]"
}

func (e *Events) cell(r, agent int) int {
	if uint(agent) >= uint(e.spec.Size()) {
		panic(fmt.Sprintf("macenv: agent: %d (expected: below %d)", agent, e.spec.Size()))
	}
	return r*e.spec.Size() + agent
}

func requireView(present bool, name string) {
	if !present {
		panic("macenv: " + name + ": not received (expected: a session with View." + name + ")")
	}
}
