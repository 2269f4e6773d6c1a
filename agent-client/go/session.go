package macenv

import (
	"context"
	"crypto/rand"
	"time"

	"macenv.dev/macenv/macenvpb"
)

// SessionKey is what it takes to come back to a session, see Client.Attach.
type SessionKey struct {
	// Session is its name; not a secret.
	Session string
	// Token is the secret of the grant: keep it like a password.
	Token string
}

// String leaves out the secret.
func (k SessionKey) String() string { return "SessionKey[" + k.Session + "]" }

// Invite is the right to take seats in a session, to be handed over to another program.
type Invite struct {
	// Session is its name; not a secret.
	Session string
	// Token is the secret: keep it like a password.
	Token string
	// Seats that may be taken.
	Seats []int
}

// Session is a session on a server: N copies (lanes) of one environment, played by sending decisions and receiving
// events. One goroutine at a time.
//
// After a RequestRefusedError nothing has changed and the session goes on.
type Session struct {
	key         SessionKey
	spec        *TeamSpec
	lanes       int
	seeds       []uint64
	invites     []Invite
	gamma       float64
	resetMode   ResetMode
	seats       []int
	stub        macenvpb.SessionServiceClient
	persistence *persistence
	steps       stepCaller
	request     macenvpb.StepRequest
	lastStepID  uint64
	takenStepID uint64 // the last one that the server had taken when the session was attached
	closed      bool
}

// Key is what it takes to come back to this session.
func (s *Session) Key() SessionKey { return s.key }

// Spec is the environment.
func (s *Session) Spec() *TeamSpec { return s.spec }

// Lanes is the number of lanes, N.
func (s *Session) Lanes() int { return s.lanes }

// Seeds are the N lane seeds in force at creation; a session created with them gives the same trajectories. Empty for
// others than the owner, and after Client.Attach.
func (s *Session) Seeds() []uint64 { return s.seeds }

// Invites has one invite for each of the seats of WithOpenSeats, ascending by seat, good for one player each, and one
// more, without seats, for those of WithSpectators. Empty for others than the owner, and after Client.Attach.
func (s *Session) Invites() []Invite { return s.invites }

// Gamma is the discount used in the accumulated rewards.
func (s *Session) Gamma() float64 { return s.gamma }

// ResetMode is what follows the end of an episode.
func (s *Session) ResetMode() ResetMode { return s.resetMode }

// Seats are the seats this session decides for, ascending.
func (s *Session) Seats() []int { return s.seats }

// LastStepID is the number of the last step whose events have been received, 0 before the first; after Client.Attach
// without AttachSent that of the last step that the server has taken. The next step has the next number.
func (s *Session) LastStepID() uint64 { return s.lastStepID }

// NextStepTaken is true if the server has already taken the next step, see AttachSent: it is under way or over, and to be
// repeated with the same decisions.
func (s *Session) NextStepTaken() bool { return s.lastStepID < s.takenStepID }

// Step sends decisions and waits for the events that follow. Without decisions (nil, or empty) it collects: first of all
// the START rows.
//
// It is executed exactly once, whatever happens to the connection on the way: a lost request or answer is sent again
// with the same number, and the server answers a number that it knows without executing it again. After a
// ServerUnavailableError or CanceledError it is not known whether the decisions were taken: call it again with the same
// ones.
func (s *Session) Step(ctx context.Context, decisions *Decisions) (*Events, error) {
	if s.closed {
		return nil, ErrClosed
	}
	request := &s.request
	request.StepId = s.lastStepID + 1
	request.Lane, request.Seat, request.Action = nil, nil, nil
	request.MaxTicks, request.MinReady = 0, 0
	if decisions != nil {
		request.Lane, request.Seat, request.Action = decisions.lane, decisions.seat, decisions.action
		request.MaxTicks, request.MinReady = decisions.MaxTicks, decisions.MinReady
	}
	var response *macenvpb.StepResponse
	err := s.persistence.step(ctx, func(ctx context.Context, timeout time.Duration) (err error) {
		response, err = s.steps.call(ctx, timeout, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.lastStepID++
	return newEvents(s.spec, s.seats, response)
}

// Reset begins new episodes; their START rows come with the next Step. What runs in these lanes is abandoned. No lanes:
// all. Seeds: none (each lane goes on with its sequence of seeds), or a new lane seed for each lane to reset.
func (s *Session) Reset(ctx context.Context, lanes []int, seeds []uint64) ([]EpisodeStart, error) {
	return s.reset(ctx, &macenvpb.ResetRequest{Lanes: uint32s(lanes), Seeds: seeds})
}

// ResetEpisodes begins new episodes with given episode seeds, as reported in EpisodeStart.Seed, for one episode each. No
// lanes: all.
func (s *Session) ResetEpisodes(ctx context.Context, lanes []int, episodeSeeds []uint64) ([]EpisodeStart, error) {
	return s.reset(ctx, &macenvpb.ResetRequest{Lanes: uint32s(lanes), EpisodeSeeds: episodeSeeds})
}

func (s *Session) reset(ctx context.Context, request *macenvpb.ResetRequest) ([]EpisodeStart, error) {
	request.Session, request.Token, request.RequestId = s.key.Session, s.key.Token, rand.Text()
	answer, err := persistently(ctx, s.persistence, s.stub.Reset, request)
	return newEpisodeStarts(answer.GetStarted()), err
}

// Close ends the session on the server for all its players; for others than the owner it gives the seats back. As far as
// that can be reached, within 5 s: what it does not reach, the lease ends. Closing twice is fine. The error is always
// nil; it is there for io.Closer.
func (s *Session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.steps.close()
	_, _ = unaryCall(context.Background(), closeTimeout, s.stub.CloseSession,
		&macenvpb.CloseSessionRequest{Session: s.key.Session, Token: s.key.Token})
	return nil
}
