package macenv

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
)

// TrajectoryDigest is a hash of everything that happened, lane by lane, for telling whether two sessions went through
// the same trajectories. It does not depend on how rows were divided among answers, nor on how lanes interleave, nor on
// the language of the client: all clients compute the same. Not safe for use by several goroutines.
type TrajectoryDigest struct {
	lanes    []hash.Hash
	complete []bool
	episodes int
	row      []byte
}

// NewTrajectoryDigest makes a digest of the episodes 0..episodes-1 of lanes 0..lanes-1; what comes later does not
// count. With 0 episodes, everything counts.
func NewTrajectoryDigest(lanes, episodes int) *TrajectoryDigest {
	if episodes == 0 {
		episodes = math.MaxInt32
	}
	d := &TrajectoryDigest{lanes: make([]hash.Hash, lanes), complete: make([]bool, lanes), episodes: episodes}
	for lane := range d.lanes {
		d.lanes[lane] = sha256.New()
	}
	return d
}

// Add adds rows; those of one lane must come in their order.
func (d *TrajectoryDigest) Add(events *Events) {
	for r := range events.Rows() {
		if events.Episode(r) < d.episodes {
			d.add(events, r)
		}
		if events.Episode(r) == d.episodes-1 && events.Kind(r).IsEnd() {
			d.complete[events.Lane(r)] = true
		}
	}
}

// Complete is true if the last episode that counts has ended in every lane.
func (d *TrajectoryDigest) Complete() bool {
	for _, complete := range d.complete {
		if !complete {
			return false
		}
	}
	return true
}

// Lane is the hash of a lane so far, 64 hexadecimal digits.
func (d *TrajectoryDigest) Lane(lane int) string {
	return hex.EncodeToString(d.lanes[lane].Sum(nil))
}

// All is one hash for all lanes together, 64 hexadecimal digits.
func (d *TrajectoryDigest) All() string {
	all := sha256.New()
	for _, lane := range d.lanes {
		all.Write(lane.Sum(nil))
	}
	return hex.EncodeToString(all.Sum(nil))
}

// add hashes one row. Numbers are big-endian here, whatever they are on the wire: Java's clients came first.
func (d *TrajectoryDigest) add(events *Events, r int) {
	big := binary.BigEndian
	row := big.AppendUint32(d.row[:0], uint32(events.Episode(r)))
	row = big.AppendUint32(row, uint32(events.Tick(r)))
	row = append(row, byte(events.Kind(r)))
	row = big.AppendUint64(row, math.Float64bits(events.JointReward(r)))
	row = big.AppendUint32(row, uint32(events.JointTau(r)))
	for agent := range events.Spec().Size() {
		row = append(row, byte(events.Status(r, agent)))
		row = big.AppendUint64(row, math.Float64bits(events.AgentReward(r, agent)))
		row = big.AppendUint32(row, uint32(events.AgentTau(r, agent)))
		for _, element := range events.Observation(r, agent) {
			row = big.AppendUint32(row, math.Float32bits(element))
		}
		for action := range events.Spec().ActionCount(agent) {
			if events.Legal(r, agent, action) {
				row = append(row, 1)
			} else {
				row = append(row, 0)
			}
		}
	}
	d.lanes[events.Lane(r)].Write(row)
	d.row = row
}
