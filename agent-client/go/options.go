package macenv

import (
	"crypto/tls"
	"fmt"
	"time"
)

// Transport says how steps travel; the results are the same.
type Transport int

const (
	// Stream sends all steps of a session on one long-lived stream (Play); the faster one, and the default.
	Stream Transport = iota
	// Unary makes one call for each step (Step).
	Unary
)

// DialOption is how a client talks to a server.
type DialOption func(*dialOptions)

type dialOptions struct {
	tls            *tls.Config
	token          string
	attemptTimeout time.Duration
	patience       time.Duration
	stepTimeout    time.Duration
	transport      Transport
}

// WithTLS encrypts. Without it everything goes in the clear, which suits this machine and networks that are trusted by
// other means. The configuration also holds the authorities to trust and the certificate to show.
func WithTLS(config *tls.Config) DialOption {
	return func(o *dialOptions) { o.tls = config }
}

// WithToken sends the secret that the operator of the server gave out with every call; in the clear without WithTLS.
func WithToken(token string) DialOption {
	return func(o *dialOptions) { o.token = token }
}

// WithAttemptTimeout sets how long one attempt at a call may take before it is tried again; positive. Default: 30 s.
func WithAttemptTimeout(timeout time.Duration) DialOption {
	return func(o *dialOptions) { o.attemptTimeout = timeout }
}

// WithPatience sets how long a call is tried again after failures of the connection before it fails for good; not
// negative. A step that waits for other players is not a failure as long as the server answers. Default: 2 minutes,
// of which Dial uses at most 10 s.
func WithPatience(patience time.Duration) DialOption {
	return func(o *dialOptions) { o.patience = patience }
}

// WithStepTimeout sets how long a step may take in all, waiting for other players included; positive. Default: 10
// minutes.
func WithStepTimeout(timeout time.Duration) DialOption {
	return func(o *dialOptions) { o.stepTimeout = timeout }
}

// WithTransport sets how steps travel. Default: Stream.
func WithTransport(transport Transport) DialOption {
	return func(o *dialOptions) { o.transport = transport }
}

func newDialOptions(options []DialOption) (dialOptions, error) {
	o := dialOptions{attemptTimeout: 30 * time.Second, patience: 2 * time.Minute, stepTimeout: 10 * time.Minute}
	for _, option := range options {
		option(&o)
	}
	switch {
	case o.attemptTimeout <= 0:
		return o, fmt.Errorf("macenv: WithAttemptTimeout: %v (expected: positive)", o.attemptTimeout)
	case o.stepTimeout <= 0:
		return o, fmt.Errorf("macenv: WithStepTimeout: %v (expected: positive)", o.stepTimeout)
	case o.patience < 0:
		return o, fmt.Errorf("macenv: WithPatience: %v (expected: not negative)", o.patience)
	}
	for _, c := range []byte(o.token) {
		if c <= ' ' || c > '~' {
			return o, fmt.Errorf("macenv: WithToken: %d characters, some of which cannot be sent (expected: printable ASCII without spaces)", len(o.token))
		}
	}
	return o, nil
}

// View is what a session receives beyond observations, legal macro-actions, statuses, clocks and rewards. Everything
// costs bytes, and all but the reward trace is privileged: it is meant for training, not for execution. The zero value
// is what a decentralised agent may see.
type View struct {
	// State is the global state at each event.
	State bool
	// MacroState is each agent's macro-state at each event.
	MacroState bool
	// CurrentActions are the macro-actions in force.
	CurrentActions bool
	// RewardTrace is the reward of every single tick.
	RewardTrace bool
	// OtherAgents is what belongs to agents outside the session's seats.
	OtherAgents bool
	// Render is the right to render.
	Render bool
}

// TrainingView is what centralised training uses: states, macro-states, macro-actions, reward traces.
func TrainingView() View {
	return View{State: true, MacroState: true, CurrentActions: true, RewardTrace: true}
}

// ResetMode is what follows the end of an episode.
type ResetMode int

const (
	// ResetAuto begins the next episode at once.
	ResetAuto ResetMode = iota
	// ResetManual waits for Session.Reset.
	ResetManual
)

// SessionOption is something wanted of a session. The server checks it.
type SessionOption func(*sessionOptions)

type sessionOptions struct {
	settings  map[string]any
	lanes     int
	seeds     []uint64
	gamma     float64
	resetMode ResetMode
	view      View
	openSeats []int
	watchers  *View
	lease     time.Duration
	start     *Snapshot
	recording *RecordingOptions
}

// WithSettings sets the environment's settings by name: numbers, bools or strings; absent ones take their defaults.
func WithSettings(settings map[string]any) SessionOption {
	return func(o *sessionOptions) { o.settings = settings }
}

// WithLanes sets the number of copies of the environment. Default: 1.
func WithLanes(lanes int) SessionOption {
	return func(o *sessionOptions) { o.lanes = lanes }
}

// WithSeeds sets one seed (lane seeds are derived from it), or one for each lane. Default: the server draws them.
func WithSeeds(seeds ...uint64) SessionOption {
	return func(o *sessionOptions) { o.seeds = seeds }
}

// WithGamma sets the discount per tick in the accumulated rewards, 0..1. Default: 1.
func WithGamma(gamma float64) SessionOption {
	return func(o *sessionOptions) { o.gamma = gamma }
}

// WithResetMode sets what follows the end of an episode. Default: ResetAuto.
func WithResetMode(mode ResetMode) SessionOption {
	return func(o *sessionOptions) { o.resetMode = mode }
}

// WithView sets what to receive. Default: the zero View.
func WithView(view View) SessionOption {
	return func(o *sessionOptions) { o.view = view }
}

// WithOpenSeats sets the seats that other programs play: nothing runs before all of them have been joined; the rest are
// the caller's own.
func WithOpenSeats(seats ...int) SessionOption {
	return func(o *sessionOptions) { o.openSeats = seats }
}

// WithSpectators lets others look on who have no seat, any number of them: one more invite, see Session.Invites and
// Session.Watch. The view is the most that they may see; the zero View is the course of the game alone. Default: nobody.
func WithSpectators(view View) SessionOption {
	return func(o *sessionOptions) { o.watchers = &view }
}

// WithLease sets how long the session survives silence. Default: the server's.
func WithLease(lease time.Duration) SessionOption {
	return func(o *sessionOptions) { o.lease = lease }
}

// FromSnapshot makes every lane begin as a copy (a fork) of a saved lane, with its seeds: without WithSeeds. Parent and
// copies share nothing.
func FromSnapshot(snapshot Snapshot) SessionOption {
	return func(o *sessionOptions) { o.start = &snapshot }
}

// WithRecording has the server record the session, see Session.FetchRecording. Default: nothing is recorded.
func WithRecording(recording RecordingOptions) SessionOption {
	return func(o *sessionOptions) { o.recording = &recording }
}

// JoinOption is something wanted of a place in a session of somebody else. The server checks it.
type JoinOption func(*joinOptions)

type joinOptions struct {
	seats     []int
	view      View
	requestID string
	lease     time.Duration
}

// JoinSeats sets the seats wanted, among the invite's. Default: all of them that are free.
func JoinSeats(seats ...int) JoinOption {
	return func(o *joinOptions) { o.seats = seats }
}

// JoinView sets what to receive, at most what the invite allows. Default: the zero View.
func JoinView(view View) JoinOption {
	return func(o *joinOptions) { o.view = view }
}

// JoinRequestID names the place: joining again with the same name, from whatever process, comes back to it. At most 64
// bytes. Default: a new place.
func JoinRequestID(id string) JoinOption {
	return func(o *joinOptions) { o.requestID = id }
}

// JoinLease sets how long the place is kept through silence. Default: the server's.
func JoinLease(lease time.Duration) JoinOption {
	return func(o *joinOptions) { o.lease = lease }
}

// AttachOption is how to come back to a session.
type AttachOption func(*attachOptions)

type attachOptions struct {
	sentStepID *uint64
}

// AttachSent goes on in the middle of a step, given the number of the last one that was sent, 0 if there was none: the
// next Step is to be given its decisions (and limits) once more. It is executed if the server has not taken it yet;
// otherwise only its events are waited for, and Session.NextStepTaken says so. For this a program keeps, before each
// step, Session.LastStepID() + 1 and the decisions. Attach fails with RequestRefusedError, reason STEP_ID_MISMATCH, if the
// session has taken another number of steps.
func AttachSent(stepID uint64) AttachOption {
	return func(o *attachOptions) { o.sentStepID = &stepID }
}
