package macenv

// Decisions are macro-actions for pending agents, and how far to go. The columns grow and are used again. The zero
// value has no decision and no limits, and is ready to use. Not safe for use by several goroutines.
//
// Nothing is checked here: the server checks the whole request, and refuses it as a whole.
type Decisions struct {
	// MaxTicks stops each lane after at most this many ticks since its previous row; 0 runs to the next event.
	MaxTicks uint32
	// MinReady answers as soon as this many lanes have rows; 0 waits for all that are under way.
	MinReady uint32

	lane   []uint32
	seat   []uint32
	action []int32
}

// Add adds a decision for the agent at a seat of a lane: the id of a legal macro-action, or -1 to let the seat's
// fallback decide.
func (d *Decisions) Add(lane, seat, action int) *Decisions {
	d.lane = append(d.lane, uint32(lane))
	d.seat = append(d.seat, uint32(seat))
	d.action = append(d.action, int32(action))
	return d
}

// Clear forgets the decisions; the two limits stay.
func (d *Decisions) Clear() {
	d.lane = d.lane[:0]
	d.seat = d.seat[:0]
	d.action = d.action[:0]
}

// Len is the number of decisions.
func (d *Decisions) Len() int { return len(d.lane) }
