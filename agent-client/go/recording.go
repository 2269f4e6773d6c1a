package macenv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"macenv.dev/macenv/macenvpb"
)

const (
	recordingMagic = "MACENV01"
	recordHead     = 8 // length and checksum
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// RecordingOptions are what the server records of a session, see WithRecording: the decisions, which is enough to play it
// again.
type RecordingOptions struct {
	// Events records the rows of every event as well, as the holder of all seats sees them.
	Events bool
	// Privileged records of these also states, macro-states, current macro-actions and reward traces.
	Privileged bool
	// MaxBytes is the size at which recording (not the session) stops; 0 for the most that the server allows.
	MaxBytes uint64
}

// RecordingHeader is what the session of a recording is.
type RecordingHeader struct {
	// Session is its name.
	Session string
	// Spec is the environment.
	Spec *TeamSpec
	// Lanes is their number, N.
	Lanes int
	// LaneSeeds are the N seeds; empty after a start from a snapshot: then one RecordedLane for each lane follows.
	LaneSeeds []uint64
	// Gamma is the discount.
	Gamma float64
	// ResetMode is what follows the end of an episode.
	ResetMode ResetMode
	// Options are what is recorded; of MaxBytes, what the server allowed.
	Options RecordingOptions
	// Created is when the session was.
	Created time.Time
	// Server is its name and version, for people.
	Server string
}

// Environment is the environment with its version, for Client.CreateSession.
func (h *RecordingHeader) Environment() string { return h.Spec.Environment + "@" + h.Spec.Version }

// SessionOptions are those of a session that plays the recording again, with all seats.
func (h *RecordingHeader) SessionOptions() []SessionOption {
	return []SessionOption{
		WithSettings(h.Spec.Settings), WithLanes(h.Lanes), WithSeeds(h.LaneSeeds...), WithGamma(h.Gamma),
		WithResetMode(h.ResetMode),
	}
}

// RecordedEntry is an entry of a recording: one of the types below.
type RecordedEntry interface {
	// Sequence counts the entries; 0 is the header.
	Sequence() int
}

type sequence int

func (s sequence) Sequence() int { return int(s) }

// RecordedGrant: a grant came into being or changed.
type RecordedGrant struct {
	sequence
	// Grant is 0 for the owner, then 1, 2, ... in order of joining.
	Grant int
	// Seats are given when it comes into being.
	Seats []int
	// State is "HELD", "LAPSED", or "" when the grant was given back.
	State string
}

// RecordedDecisions: decisions took effect together: one step, or what the server decided for absent players.
type RecordedDecisions struct {
	sequence
	// Grant whose step it was.
	Grant int
	// StepID of the step; 0: the server decided.
	StepID uint64
	// Decisions that took effect, never -1, with the step's MaxTicks. To play them again wait for all lanes: which of them
	// come first with MinReady is a matter of time.
	Decisions *Decisions
	// Episode and Tick say when each decision was made.
	Episode, Tick []int
	// Absent is true where the server decided.
	Absent []bool
	// MinReady of the step.
	MinReady int
}

// RecordedEvents: lanes stopped. As the holder of all seats sees it; with everything if the recording is privileged.
type RecordedEvents struct {
	sequence
	// Events are what happened.
	Events *Events
}

// RecordedReset: episodes were begun by Session.Reset or ResetEpisodes.
type RecordedReset struct {
	sequence
	// Started are the episodes.
	Started []EpisodeStart
	// LaneSeeds has one for each of them, or none if the lanes kept theirs.
	LaneSeeds []uint64
}

// RecordedLane: a lane began, or was put back, as a copy.
type RecordedLane struct {
	sequence
	// Lane that was.
	Lane int
	// Snapshot of what it is a copy of.
	Snapshot Snapshot
	// Cause is "start", or says which call it was.
	Cause string
}

// RecordedTruncation: the server ended an episode because a player was absent.
type RecordedTruncation struct {
	sequence
	// Lane, Episode and Tick where it ended.
	Lane, Episode, Tick int
}

// RecordedClose: the session closed. The last entry.
type RecordedClose struct {
	sequence
	// Cause is "OWNER", "LEASE_EXPIRED" or "SERVER_SHUTDOWN".
	Cause string
	// Closed is when.
	Closed time.Time
}

// Recording is what was decided in a session, and if wanted what came of it. Read only.
//
//	again, err := client.CreateSession(ctx, recording.Header.Environment(), recording.Header.SessionOptions()...)
//	for entry, err := range recording.Entries() {
//		switch entry := entry.(type) {
//		case *macenv.RecordedDecisions:
//			events, err := again.Step(ctx, entry.Decisions)
//		case *macenv.RecordedReset:
//			_, err := again.ResetEpisodes(ctx, lanesOf(entry.Started), seedsOf(entry.Started))
//		case *macenv.RecordedLane:
//			err := again.Restore(ctx, entry.Lane, entry.Snapshot)
//		}
//	}
type Recording struct {
	// Data is the file, as "macenv replay" reads it.
	Data []byte
	// Header is what the session is.
	Header RecordingHeader
}

// NewRecording reads the header of a recording file, which is kept and not to be changed. The error is a plain one: it
// says what the bytes are instead.
func NewRecording(data []byte) (*Recording, error) {
	if !strings.HasPrefix(string(data[:min(len(data), len(recordingMagic))]), recordingMagic) {
		return nil, fmt.Errorf("macenv: recording: begins with %q (expected: %q)",
			data[:min(len(data), len(recordingMagic))], recordingMagic)
	}
	for first, err := range records(data) {
		if err != nil {
			return nil, err
		}
		if first.GetHeader() == nil {
			break
		}
		if first.GetHeader().GetOptions() == nil {
			return nil, errors.New("macenv: recording: a server's journal (expected: what Session.FetchRecording gives)")
		}
		header, err := newRecordingHeader(first.GetHeader())
		return &Recording{data, header}, err
	}
	return nil, fmt.Errorf("macenv: recording: no header in its %d bytes (expected: the first entry)", len(data))
}

// Complete is true if the session had closed, so that nothing more will be recorded, and there was room for all of it.
func (r *Recording) Complete() bool {
	complete := false
	for entry, err := range records(r.Data) {
		complete = err == nil && entry.GetClose() != nil
	}
	return complete
}

// Entries walks over the entries behind the header, in the order in which they took effect in each lane, until an error,
// which is then the last value. Entries of a kind that this client does not know are left out, and so is a last one that
// was being written when the server died.
func (r *Recording) Entries() iter.Seq2[RecordedEntry, error] {
	return func(yield func(RecordedEntry, error) bool) {
		for wire, err := range records(r.Data) {
			var entry RecordedEntry
			if err == nil {
				entry, err = r.entry(wire)
			}
			if (entry != nil || err != nil) && !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

// records walks over the sound records.
func records(data []byte) iter.Seq2[*macenvpb.RecordingEntry, error] {
	return func(yield func(*macenvpb.RecordingEntry, error) bool) {
		rest := data[len(recordingMagic):]
		for len(rest) >= recordHead {
			length := binary.LittleEndian.Uint32(rest)
			checksum := binary.LittleEndian.Uint32(rest[4:])
			rest = rest[recordHead:]
			if uint64(length) > uint64(len(rest)) || crc32.Checksum(rest[:length], castagnoli) != checksum {
				return
			}
			entry := &macenvpb.RecordingEntry{}
			err := proto.Unmarshal(rest[:length], entry)
			if !yield(entry, err) || err != nil {
				return
			}
			rest = rest[length:]
		}
	}
}

func newRecordingHeader(wire *macenvpb.RecordingHeader) (RecordingHeader, error) {
	spec, err := newTeamSpec(wire.GetSpec())
	header := RecordingHeader{
		Session:   wire.GetSession(),
		Spec:      spec,
		Lanes:     int(wire.GetLanes()),
		LaneSeeds: wire.GetLaneSeeds(),
		Gamma:     wire.GetGamma(),
		Options: RecordingOptions{
			Events:     wire.GetOptions().GetMode() == macenvpb.RecordingMode_RECORDING_MODE_EVENTS,
			Privileged: wire.GetOptions().GetPrivileged(),
			MaxBytes:   wire.GetOptions().GetMaxBytes(),
		},
		Created: wire.GetCreated().AsTime(),
		Server:  wire.GetServer(),
	}
	if !wire.GetAutoReset() {
		header.ResetMode = ResetManual
	}
	return header, err
}

// entry is nil for what is not told.
func (r *Recording) entry(wire *macenvpb.RecordingEntry) (RecordedEntry, error) {
	number := sequence(wire.GetSequence())
	switch kind := wire.GetEntry().(type) {
	case *macenvpb.RecordingEntry_Grant:
		state := ""
		switch macenvpb.GrantState(kind.Grant.GetGrantState()) {
		case macenvpb.GrantState_GRANT_STATE_HELD:
			state = "HELD"
		case macenvpb.GrantState_GRANT_STATE_LAPSED:
			state = "LAPSED"
		}
		return &RecordedGrant{number, int(kind.Grant.GetGrant()), ints(kind.Grant.GetSeats()), state}, nil
	case *macenvpb.RecordingEntry_Decisions:
		return newRecordedDecisions(number, kind.Decisions)
	case *macenvpb.RecordingEntry_Events:
		seats := make([]int, r.Header.Spec.Size())
		for seat := range seats {
			seats[seat] = seat
		}
		events, err := newEvents(r.Header.Spec, seats, &macenvpb.StepResponse{Events: kind.Events})
		return &RecordedEvents{number, events}, err
	case *macenvpb.RecordingEntry_Reset_:
		return &RecordedReset{number, newEpisodeStarts(kind.Reset_.GetStarted()), kind.Reset_.GetLaneSeeds()}, nil
	case *macenvpb.RecordingEntry_Lane:
		snapshot := Snapshot{kind.Lane.GetSnapshot(), -1, -1}
		return &RecordedLane{number, int(kind.Lane.GetLane()), snapshot, kind.Lane.GetCause()}, nil
	case *macenvpb.RecordingEntry_Truncation:
		t := kind.Truncation
		return &RecordedTruncation{number, int(t.GetLane()), int(t.GetEpisode()), int(t.GetTick())}, nil
	case *macenvpb.RecordingEntry_Close:
		return &RecordedClose{number, kind.Close.GetCause(), kind.Close.GetClosed().AsTime()}, nil
	}
	return nil, nil
}

func newRecordedDecisions(number sequence, wire *macenvpb.RecordedDecisions) (RecordedEntry, error) {
	m := len(wire.GetLane())
	if wire.GetStepId() == 0 && m == 0 {
		return nil, nil // the server looked who is absent, and found nobody
	}
	for _, column := range []int{len(wire.GetSeat()), len(wire.GetAction()), len(wire.GetEpisode()), len(wire.GetTick())} {
		if err := requireLength("seat, action, episode, tick", column, m); err != nil {
			return nil, err
		}
	}
	decisions := &Decisions{MaxTicks: wire.GetMaxTicks()}
	absent := make([]bool, m)
	for i, lane := range wire.GetLane() {
		decisions.Add(int(lane), int(wire.GetSeat()[i]), int(wire.GetAction()[i]))
		absent[i] = i < len(wire.GetAbsent()) && wire.GetAbsent()[i] != 0
	}
	return &RecordedDecisions{
		number, int(wire.GetGrant()), wire.GetStepId(), decisions, ints(wire.GetEpisode()), ints(wire.GetTick()), absent,
		int(wire.GetMinReady()),
	}, nil
}

// FetchRecording gets the recording so far, into memory; also after the session has closed, as long as the server keeps
// it. For the owner, of a session created WithRecording.
func (s *Session) FetchRecording(ctx context.Context) (*Recording, error) {
	var data []byte
	for {
		before := len(data)
		err := s.persistence.call(ctx, func(ctx context.Context, timeout time.Duration) (err error) {
			data, err = s.fetchPieces(ctx, timeout, data)
			return err
		})
		// A cut after some pieces was no attempt to reach a server that cannot be reached.
		var unavailable *ServerUnavailableError
		if errors.As(err, &unavailable) && len(data) > before {
			continue
		}
		if err != nil {
			return nil, err
		}
		recording, err := NewRecording(data)
		if err != nil {
			return nil, newFailure(codeOfMalformed, "", err.Error(), err)
		}
		return recording, nil
	}
}

// fetchPieces appends what is missing, as far as one attempt gets.
func (s *Session) fetchPieces(ctx context.Context, timeout time.Duration, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var stream grpc.ServerStreamingClient[macenvpb.FetchRecordingResponse]
	stream, err := s.stub.FetchRecording(ctx, &macenvpb.FetchRecordingRequest{
		Session: s.key.Session, Token: s.key.Token, Offset: uint64(len(data)),
	})
	if err != nil {
		return data, newCallError(err, nil)
	}
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return data, newCallError(err, stream.Trailer())
		}
		if piece.GetOffset() != uint64(len(data)) {
			return data, statusError(codes.Internal, fmt.Sprintf("offset of a piece: %d (expected: %d)", piece.GetOffset(), len(data)))
		}
		data = append(data, piece.GetData()...)
	}
}
