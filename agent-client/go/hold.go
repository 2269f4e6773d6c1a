package macenv

import (
	"context"

	"macenv.dev/macenv/macenvpb"
)

// LaneState is where a lane stands.
type LaneState uint8

// Where a lane may stand.
const (
	// LaneUnknown is a state that this client does not know.
	LaneUnknown LaneState = 0
	// LaneIdle: no episode, since the last one ended, with ResetManual.
	LaneIdle LaneState = 1
	// LaneAwaiting waits for decisions.
	LaneAwaiting LaneState = 2
	// LaneRunning: ticks are being simulated.
	LaneRunning LaneState = 3
	// LanePaused stopped at a limit of ticks; the next step goes on.
	LanePaused LaneState = 4
	// LaneFaulted: the environment failed.
	LaneFaulted LaneState = 5
)

// moments say where k lanes stand; rows are 0..k-1, ascending by lane.
type moments struct{ lane, episode, tick []uint32 }

// Rows is the number of lanes asked for, k.
func (m *moments) Rows() int { return len(m.lane) }

// Lane is the lane of a row.
func (m *moments) Lane(r int) int { return int(m.lane[r]) }

// Episode is the lane's current (or last) episode.
func (m *moments) Episode(r int) int { return int(m.episode[r]) }

// Tick is the number of ticks since the episode began, at the lane's last event.
func (m *moments) Tick(r int) int { return int(m.tick[r]) }

func newMoments(rows uint32, lane, episode, tick []uint32) (moments, error) {
	for _, column := range [][]uint32{lane, episode, tick} {
		if err := requireLength("lane, episode, tick", len(column), int(rows)); err != nil {
			return moments{}, err
		}
	}
	return moments{lane, episode, tick}, nil
}

// MacroObservations are what agents hold now. Slices are views, as those of Events.
type MacroObservations struct {
	moments
	spec          *TeamSpec
	wire          *macenvpb.GetMacroObservationResponse
	agents        []agentSlab
	currentAction []int32
}

// LaneState is where the lane stands.
func (m *MacroObservations) LaneState(r int) LaneState {
	state := LaneState(m.wire.LaneState[r])
	if state > LaneFaulted {
		return LaneUnknown
	}
	return state
}

// Status is what happened to the agent at the lane's last event.
func (m *MacroObservations) Status(r, agent int) AgentStatus {
	status := AgentStatus(m.wire.Status[r*m.spec.Size()+agent])
	if status > StatusFresh {
		return StatusHidden
	}
	return status
}

// Pending is true if the agent owes a decision now; false also if it has decided and the lane waits for others.
func (m *MacroObservations) Pending(r, agent int) bool {
	return m.wire.Pending[r*m.spec.Size()+agent] != 0
}

// Observation is the macro-observation that the agent holds: TeamSpec.ObservationSize elements.
func (m *MacroObservations) Observation(r, agent int) []float32 {
	return observationOf(m.spec, m.agents, r, agent)
}

// LegalMask has 1 for each macro-action that may be chosen, else 0: TeamSpec.ActionCount elements.
func (m *MacroObservations) LegalMask(r, agent int) []byte {
	return legalOf(m.spec, m.agents, r, agent)
}

// CurrentAction is the macro-action decided for the next tick if there is one, else the one in force on the last; -1 if
// there is none or the agent is not one of the session's.
func (m *MacroObservations) CurrentAction(r, agent int) int {
	return int(m.currentAction[r*m.spec.Size()+agent])
}

// MacroObservation asks what the agents of these lanes hold now; of all lanes if none is named. Never moves a clock.
func (s *Session) MacroObservation(ctx context.Context, lanes ...int) (*MacroObservations, error) {
	wire, err := persistently(ctx, s.persistence, s.stub.GetMacroObservation, &macenvpb.GetMacroObservationRequest{
		Session: s.key.Session, Token: s.key.Token, Lanes: uint32s(lanes),
	})
	if err != nil {
		return nil, err
	}
	m := &MacroObservations{spec: s.spec, wire: wire, currentAction: viewInt32(wire.GetCurrentAction())}
	if m.moments, err = newMoments(wire.GetRows(), wire.GetLane(), wire.GetEpisode(), wire.GetTick()); err != nil {
		return nil, err
	}
	cells := m.Rows() * s.spec.Size()
	for _, column := range []struct {
		name             string
		length, expected int
	}{
		{"lane_state", len(wire.GetLaneState()), m.Rows()},
		{"status", len(wire.GetStatus()), cells},
		{"pending", len(wire.GetPending()), cells},
		{"current_action", len(wire.GetCurrentAction()), cells * 4},
	} {
		if err := requireLength(column.name, column.length, column.expected); err != nil {
			return nil, err
		}
	}
	m.agents, err = newAgentSlabs(s.spec, m.Rows(), wire.GetGroups())
	return m, err
}

// MacroStates are the macro-states of agents now. Slices are views, as those of Events.
type MacroStates struct {
	moments
	spec       *TeamSpec
	macroState []float32
	state      []float32
}

// MacroState is the agent's macro-state: TeamSpec.State.Size elements.
func (m *MacroStates) MacroState(r, agent int) []float32 {
	return cut(m.macroState, r*m.spec.Size()+agent, m.spec.State.Size)
}

// Joint is the joint macro-state, the macro-states of all agents one after the other.
func (m *MacroStates) Joint(r int) []float32 {
	return cut(m.macroState, r, m.spec.Size()*m.spec.State.Size)
}

// State is the global state at the lane's last event. Needs View.State.
func (m *MacroStates) State(r int) []float32 {
	requireView(len(m.state) > 0 || m.spec.State.Size == 0, "State")
	return cut(m.state, r, m.spec.State.Size)
}

// MacroState asks for the macro-states of these lanes now; of all lanes if none is named. Needs View.MacroState. Never
// moves a clock.
func (s *Session) MacroState(ctx context.Context, lanes ...int) (*MacroStates, error) {
	wire, err := persistently(ctx, s.persistence, s.stub.GetMacroState, &macenvpb.GetMacroStateRequest{
		Session: s.key.Session, Token: s.key.Token, Lanes: uint32s(lanes),
	})
	if err != nil {
		return nil, err
	}
	dtype := s.spec.State.dtype
	m := &MacroStates{spec: s.spec, macroState: floats(wire.GetMacroState(), dtype), state: floats(wire.GetState(), dtype)}
	if m.moments, err = newMoments(wire.GetRows(), wire.GetLane(), wire.GetEpisode(), wire.GetTick()); err != nil {
		return nil, err
	}
	return m, requireLength("macro_state", len(m.macroState), m.Rows()*s.spec.Size()*s.spec.State.Size)
}
