package macenv

import (
	"fmt"

	"macenv.dev/macenv/macenvpb"
)

// TeamSpec is an environment as its players see it: the team, its macro-actions, the sizes of everything. Read only.
type TeamSpec struct {
	// Environment is the registered id, for example "bp-10".
	Environment string
	// Version of the rules.
	Version string
	// Description for people; may be empty.
	Description string
	// Fingerprint is a hash of everything that bears on trajectories and shapes.
	Fingerprint string
	// Agents of the team; an agent's place in this list is its seat.
	Agents []Agent
	// Groups of agents of one shape.
	Groups []Group
	// State is the global state.
	State TensorSpec
	// Horizon is the most ticks in an episode; 0 if there is no limit.
	Horizon int
	// Cooperative is true if all agents share one reward.
	Cooperative bool
	// Deterministic is true if trajectories are a function of seed and decisions.
	Deterministic bool
	// MaxMacroTicks is the most ticks of any macro-action.
	MaxMacroTicks int
	// Settings in force, by name: float64, bool or string.
	Settings map[string]any
}

// Agent is one agent of a team.
type Agent struct {
	// Name, unique in the team.
	Name string
	// Group is an index into TeamSpec.Groups.
	Group int
	// Rank is the agent's place among the agents of its group.
	Rank int
	// MacroActions; a macro-action's place in this list is its id.
	MacroActions []MacroAction
}

// MacroAction is one macro-action of an agent.
type MacroAction struct {
	// Name, unique for the agent.
	Name string
	// Doc for people; may be empty.
	Doc string
	// MinTicks is the fewest ticks it takes.
	MinTicks int
	// MaxTicks is the most ticks it takes; 0 if only TeamSpec.MaxMacroTicks bounds it.
	MaxTicks int
	// Primitive is true if it always takes one tick.
	Primitive bool
}

// Group is a group of agents whose observations and numbers of macro-actions agree.
type Group struct {
	// Name for people.
	Name string
	// Size is the number of agents.
	Size int
	// Observation is one agent's macro-observation.
	Observation TensorSpec
	// ActionCount is the number of macro-actions of each agent.
	ActionCount int
}

// TensorSpec is the shape of a tensor.
type TensorSpec struct {
	// Shape is the extent of each dimension; empty for a scalar.
	Shape []int
	// Size is the number of elements.
	Size int
	// Labels name ranges of elements.
	Labels []Label

	dtype macenvpb.DataType
}

// Label names the elements Begin..End-1 of a flattened tensor.
type Label struct {
	// Name, for example "box0.xy".
	Name string
	// Begin is the index of the first element.
	Begin int
	// End is the index after the last element.
	End int
}

// Size is the number of agents, n.
func (s *TeamSpec) Size() int { return len(s.Agents) }

// ObservationSize is the number of elements of the agent's macro-observation.
func (s *TeamSpec) ObservationSize(agent int) int {
	return s.Groups[s.Agents[agent].Group].Observation.Size
}

// ActionCount is the number of the agent's macro-actions.
func (s *TeamSpec) ActionCount(agent int) int { return s.Groups[s.Agents[agent].Group].ActionCount }

func newTeamSpec(wire *macenvpb.EnvSpec) (*TeamSpec, error) {
	spec := &TeamSpec{
		Environment:   wire.GetId(),
		Version:       wire.GetVersion(),
		Description:   wire.GetDescription(),
		Fingerprint:   wire.GetFingerprint(),
		Horizon:       int(wire.GetHorizon()),
		Cooperative:   wire.GetCooperative(),
		Deterministic: wire.GetFeatures().GetDeterministic(),
		MaxMacroTicks: int(wire.GetFeatures().GetMaxMacroTicks()),
		Settings:      wire.GetConfigValues().AsMap(),
	}
	var err error
	if spec.State, err = newTensorSpec("state", wire.GetState()); err != nil {
		return nil, err
	}
	for _, group := range wire.GetGroups() {
		observation, err := newTensorSpec("observation of group "+group.GetName(), group.GetObservation())
		if err != nil {
			return nil, err
		}
		spec.Groups = append(spec.Groups,
			Group{Name: group.GetName(), Observation: observation, ActionCount: int(group.GetNumActions())})
	}
	for _, agent := range wire.GetAgents() {
		if int(agent.GetGroup()) >= len(spec.Groups) {
			return nil, malformed("group of agent %s: %d (expected: below %d)", agent.GetName(), agent.GetGroup(), len(spec.Groups))
		}
		group := &spec.Groups[agent.GetGroup()]
		spec.Agents = append(spec.Agents, Agent{
			Name:         agent.GetName(),
			Group:        int(agent.GetGroup()),
			Rank:         group.Size,
			MacroActions: newMacroActions(agent.GetMacroActions()),
		})
		group.Size++
	}
	return spec, nil
}

func newMacroActions(wire []*macenvpb.MacroActionSpec) []MacroAction {
	actions := make([]MacroAction, len(wire))
	for i, action := range wire {
		actions[i] = MacroAction{
			Name:      action.GetName(),
			Doc:       action.GetDoc(),
			MinTicks:  int(action.GetMinTicks()),
			MaxTicks:  int(action.GetMaxTicks()),
			Primitive: action.GetPrimitive(),
		}
	}
	return actions
}

func newTensorSpec(name string, wire *macenvpb.TensorSpec) (TensorSpec, error) {
	spec := TensorSpec{Size: 1, dtype: wire.GetDtype()}
	if wire == nil {
		return TensorSpec{dtype: macenvpb.DataType_DATA_TYPE_FLOAT32}, nil
	}
	if elementBytes(spec.dtype) == 0 {
		return spec, malformed("type of %s: %v (expected: one that this client knows)", name, spec.dtype)
	}
	for _, extent := range wire.GetShape() {
		spec.Shape = append(spec.Shape, int(extent))
		spec.Size *= int(extent)
	}
	for _, label := range wire.GetLabels() {
		spec.Labels = append(spec.Labels, Label{Name: label.GetName(), Begin: int(label.GetBegin()), End: int(label.GetEnd())})
	}
	return spec, nil
}

// malformed says that an answer breaks the protocol, which no macenv server of this version does.
func malformed(format string, arguments ...any) error {
	return newFailure(codeOfMalformed, "", fmt.Sprintf(format, arguments...), nil)
}
