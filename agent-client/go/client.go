package macenv

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"macenv.dev/macenv/macenvpb"
)

const (
	protocol     = "macenv.v1"
	dialPatience = 10 * time.Second
	closeTimeout = 5 * time.Second
	// The server limits its answers itself; see SessionLimits.max_response_bytes.
	maxAnswerBytes = 1 << 30
	expectedTarget = "host:port, such as localhost:50051, dns:///host:port or unix:/path"
)

// Client is a client of an environment server. Safe for use by several goroutines; close it when done, after the
// sessions.
//
// Every method that goes to the server takes a context, whose end ends the call with a CanceledError, and fails with one
// of this package's error types. Without a deadline of the context the options' times hold, so nothing waits for ever.
type Client struct {
	connection  *grpc.ClientConn
	persistence *persistence
	catalog     macenvpb.CatalogServiceClient
	sessions    macenvpb.SessionServiceClient
	options     dialOptions
}

// Dial connects to the server at a target: "host:port", "dns:///host:port", "unix:/path" or "unix:///path". It waits
// for the server for at most 10 s, and fails with IncompatibleServerError if it does not speak macenv.v1, with
// AccessDeniedError if it does not know the token, with ServerUnavailableError if nothing answers. What cannot
// be a target, such as a web address, is refused at once.
func Dial(ctx context.Context, target string, options ...DialOption) (*Client, error) {
	if err := checkTarget(target); err != nil {
		return nil, err
	}
	o, err := newDialOptions(options)
	if err != nil {
		return nil, err
	}
	settings := []grpc.DialOption{
		grpc.WithTransportCredentials(transportCredentials(o.tls)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		grpc.WithDisableServiceConfig(),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
	}
	if o.token != "" {
		settings = append(settings, grpc.WithPerRPCCredentials(bearerToken(o.token)))
	}
	connection, err := grpc.NewClient(target, settings...)
	if err != nil {
		return nil, fmt.Errorf("macenv: target: %s (expected: %s): %w", target, expectedTarget, err)
	}
	c := &Client{
		connection:  connection,
		persistence: &persistence{connection, o},
		catalog:     macenvpb.NewCatalogServiceClient(connection),
		sessions:    macenvpb.NewSessionServiceClient(connection),
		options:     o,
	}
	if err := c.requireProtocol(ctx); err != nil {
		_ = connection.Close()
		return nil, err
	}
	return c, nil
}

// checkTarget refuses what cannot be a target. gRPC would look it up in vain, and speak of what it made of it.
func checkTarget(target string) error {
	scheme, _, found := strings.Cut(target, ":")
	if !found || slices.Contains([]string{"http", "https", "grpc", "grpcs"}, scheme) {
		return fmt.Errorf("macenv: target: %s (expected: %s)", target, expectedTarget)
	}
	return nil
}

func transportCredentials(config *tls.Config) credentials.TransportCredentials {
	if config == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(config)
}

// bearerToken is a secret sent with every call.
type bearerToken string

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (b bearerToken) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity is false: the server decides whether it listens without encryption.
func (b bearerToken) RequireTransportSecurity() bool { return false }

func (c *Client) requireProtocol(ctx context.Context) error {
	patience := min(c.options.patience, dialPatience)
	info, err := c.serverInfo(ctx, patience)
	var absent *FeatureAbsentError
	if errors.As(err, &absent) {
		return &IncompatibleServerError{&Failure{
			Code:    codes.Unimplemented,
			Message: "what answers at " + c.connection.Target() + " is no macenv server (expected: one that speaks " + protocol + "; start it with \"macenv serve\")",
			cause:   err,
		}}
	}
	if err != nil {
		return err
	}
	if !slices.Contains(info.Protocols, protocol) {
		return &IncompatibleServerError{&Failure{
			Code: codes.Unimplemented,
			Message: fmt.Sprintf("%s %s speaks %s (expected: %s; use a client of the server's version)",
				info.Server, info.Version, strings.Join(info.Protocols, ", "), protocol),
		}}
	}
	return nil
}

// Close frees the connection. Sessions that are not closed live on until their lease ends.
func (c *Client) Close() error { return c.connection.Close() }

// ServerInfo is what a server says about itself.
type ServerInfo struct {
	// Protocols that it speaks, for example "macenv.v1".
	Protocols []string
	// Server is the name of the program.
	Server string
	// Version of the program.
	Version string
	// Features are the names of optional behaviour, for example "play".
	Features []string
}

// ServerInfo asks what the server is.
func (c *Client) ServerInfo(ctx context.Context) (ServerInfo, error) {
	return c.serverInfo(ctx, c.options.patience)
}

func (c *Client) serverInfo(ctx context.Context, patience time.Duration) (ServerInfo, error) {
	var answer *macenvpb.GetServerInfoResponse
	err := c.persistence.persist(ctx, patience, patience+c.options.attemptTimeout,
		func(ctx context.Context, timeout time.Duration) (err error) {
			answer, err = unaryCall(ctx, timeout, c.catalog.GetServerInfo, &macenvpb.GetServerInfoRequest{})
			return err
		})
	if err != nil {
		return ServerInfo{}, err
	}
	return ServerInfo{answer.GetProtocols(), answer.GetServer(), answer.GetVersion(), answer.GetFeatures()}, nil
}

// EnvironmentEntry is one line of the catalog.
type EnvironmentEntry struct {
	// ID for Client.CreateSession.
	ID string
	// Version of the rules.
	Version string
	// Summary is the first sentence of the description.
	Summary string
}

// Environments lists what the server offers, ascending by id.
func (c *Client) Environments(ctx context.Context) ([]EnvironmentEntry, error) {
	var entries []EnvironmentEntry
	request := &macenvpb.ListEnvironmentsRequest{}
	for {
		page, err := persistently(ctx, c.persistence, c.catalog.ListEnvironments, request)
		if err != nil {
			return nil, err
		}
		for _, entry := range page.GetEnvironments() {
			entries = append(entries, EnvironmentEntry{entry.GetId(), entry.GetVersion(), entry.GetSummary()})
		}
		if page.GetNextPageToken() == "" {
			return entries, nil
		}
		request = &macenvpb.ListEnvironmentsRequest{PageToken: page.GetNextPageToken()}
	}
}

// Environment describes one environment, "id" or "id@version", under settings; nil for the defaults.
func (c *Client) Environment(ctx context.Context, environment string, settings map[string]any) (*TeamSpec, error) {
	config, err := newStruct(settings)
	if err != nil {
		return nil, err
	}
	answer, err := persistently(ctx, c.persistence, c.catalog.GetEnvironment,
		&macenvpb.GetEnvironmentRequest{Environment: environment, Config: config})
	if err != nil {
		return nil, err
	}
	return newTeamSpec(answer.GetSpec())
}

// CreateSession creates a session of an environment, "id" or "id@version", owned by the caller, who closes it. Without
// options: one lane with default settings, a seed from the server, gamma 1, automatic reset, nothing privileged.
func (c *Client) CreateSession(ctx context.Context, environment string, options ...SessionOption) (*Session, error) {
	wish := sessionOptions{lanes: 1, gamma: 1}
	for _, option := range options {
		option(&wish)
	}
	config, err := newStruct(wish.settings)
	if err != nil {
		return nil, err
	}
	request := &macenvpb.CreateSessionRequest{
		Environment: environment,
		Config:      config,
		Lanes:       uint32(wish.lanes),
		Seeds:       wish.seeds,
		Gamma:       &wish.gamma,
		ResetMode:   wish.resetMode.wire(),
		OwnerView:   wish.view.wire(),
		Lease:       newDuration(wish.lease),
		RequestId:   rand.Text(),
	}
	for _, seat := range wish.openSeats {
		request.Seats = append(request.Seats, &macenvpb.SeatPolicy{
			Seat: uint32(seat), Assignment: macenvpb.SeatAssignment_SEAT_ASSIGNMENT_OPEN,
		})
	}
	if wish.watchers != nil {
		// Whoever names invites names all of them.
		for _, seat := range slices.Sorted(slices.Values(wish.openSeats)) {
			request.Invites = append(request.Invites, &macenvpb.InviteOptions{Seats: []uint32{uint32(seat)}, MaxUses: 1})
		}
		request.Invites = append(request.Invites, &macenvpb.InviteOptions{
			Role: macenvpb.Role_ROLE_SPECTATOR, MaxView: wish.watchers.wire(),
		})
	}
	if wish.start != nil {
		request.Start = &macenvpb.CreateSessionRequest_Snapshot{Snapshot: wish.start.Data}
	}
	if wish.recording != nil {
		request.Recording = wish.recording.wire()
	}
	created, err := persistently(ctx, c.persistence, c.sessions.CreateSession, request)
	if err != nil {
		return nil, err
	}
	s := c.newSession(SessionKey{created.GetSession(), created.GetToken()}, created.GetSeats())
	s.lanes = wish.lanes
	s.seeds = created.GetSeeds()
	s.gamma = created.GetGamma()
	s.resetMode = newResetMode(created.GetResetMode())
	for _, invite := range created.GetInvites() {
		s.invites = append(s.invites,
			Invite{created.GetSession(), invite.GetToken(), ints(invite.GetOptions().GetSeats())})
	}
	s.spec, err = newTeamSpec(created.GetSpec())
	return s, err
}

// Join takes seats in a session of somebody else, next to other players. A Step of a Session so obtained waits until one
// of its own seats has to decide, however long others take; so each player needs a goroutine of its own. The caller
// closes it, which gives the seats back.
func (c *Client) Join(ctx context.Context, invite Invite, options ...JoinOption) (*Session, error) {
	wish := joinOptions{requestID: rand.Text()}
	for _, option := range options {
		option(&wish)
	}
	joined, err := persistently(ctx, c.persistence, c.sessions.Join, &macenvpb.JoinRequest{
		Session:   invite.Session,
		Invite:    invite.Token,
		Seats:     uint32s(wish.seats),
		View:      wish.view.wire(),
		RequestId: wish.requestID,
		Lease:     newDuration(wish.lease),
	})
	if err != nil {
		return nil, err
	}
	// The answer does not say how far a place that is come back to has got, so the session is then asked.
	return c.Attach(ctx, SessionKey{invite.Session, joined.GetToken()})
}

// Attach comes back to a session whose connection or process was lost. Its first Step without decisions returns the rows
// that wait for decisions, unless AttachSent asks to go on in the middle of a step.
func (c *Client) Attach(ctx context.Context, key SessionKey, options ...AttachOption) (*Session, error) {
	var wish attachOptions
	for _, option := range options {
		option(&wish)
	}
	found, err := persistently(ctx, c.persistence, c.sessions.GetSession,
		&macenvpb.GetSessionRequest{Session: key.Session, Token: key.Token, IncludeSpec: true})
	if err != nil {
		return nil, err
	}
	s := c.newSession(key, found.GetGrant().GetSeats())
	s.lanes = len(found.GetLanes())
	s.gamma = found.GetGamma()
	s.resetMode = newResetMode(found.GetResetMode())
	s.takenStepID = found.GetGrant().GetLastStepId()
	s.lastStepID = s.takenStepID
	if sent := wish.sentStepID; sent != nil {
		if *sent != s.takenStepID && *sent != s.takenStepID+1 {
			return nil, typed(&Failure{
				Code:   codes.Aborted,
				Reason: "STEP_ID_MISMATCH",
				Message: fmt.Sprintf("AttachSent: %d (expected: %d, the last step that the session has taken, or %d)",
					*sent, s.takenStepID, s.takenStepID+1),
				Metadata: map[string]string{"expected": strconv.FormatUint(s.takenStepID+1, 10)},
			})
		}
		s.lastStepID = max(*sent, 1) - 1
	}
	s.spec, err = newTeamSpec(found.GetSpec())
	return s, err
}

func (c *Client) newSession(key SessionKey, seats []uint32) *Session {
	s := &Session{key: key, seats: ints(seats), stub: c.sessions, persistence: c.persistence}
	if c.options.transport == Unary {
		s.steps = &unaryStep{stub: c.sessions, key: key}
	} else {
		s.steps = &stepStream{stub: c.sessions, key: key}
	}
	return s
}

// persistently makes a call that the server answers at once.
func persistently[Q, A any](
	ctx context.Context, p *persistence, method func(context.Context, Q, ...grpc.CallOption) (A, error), request Q,
) (A, error) {
	var answer A
	err := p.call(ctx, func(ctx context.Context, timeout time.Duration) (err error) {
		answer, err = unaryCall(ctx, timeout, method, request)
		return err
	})
	return answer, err
}

func newStruct(settings map[string]any) (*structpb.Struct, error) {
	config, err := structpb.NewStruct(settings)
	if err != nil {
		return nil, fmt.Errorf("macenv: settings: %w (expected: numbers, bools and strings)", err)
	}
	return config, nil
}

// newDuration leaves what was not asked for to the server.
func newDuration(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func (v View) wire() *macenvpb.View {
	return &macenvpb.View{
		State:          v.State,
		MacroState:     v.MacroState,
		CurrentActions: v.CurrentActions,
		RewardTrace:    v.RewardTrace,
		OtherAgents:    v.OtherAgents,
		Render:         v.Render,
	}
}

func (r RecordingOptions) wire() *macenvpb.RecordingOptions {
	mode := macenvpb.RecordingMode_RECORDING_MODE_DECISIONS
	if r.Events {
		mode = macenvpb.RecordingMode_RECORDING_MODE_EVENTS
	}
	return &macenvpb.RecordingOptions{Mode: mode, Privileged: r.Privileged, MaxBytes: r.MaxBytes}
}

func (m ResetMode) wire() macenvpb.ResetMode {
	if m == ResetManual {
		return macenvpb.ResetMode_RESET_MODE_MANUAL
	}
	return macenvpb.ResetMode_RESET_MODE_AUTO
}

func newResetMode(wire macenvpb.ResetMode) ResetMode {
	if wire == macenvpb.ResetMode_RESET_MODE_MANUAL {
		return ResetManual
	}
	return ResetAuto
}

func ints(values []uint32) []int {
	converted := make([]int, len(values))
	for i, value := range values {
		converted[i] = int(value)
	}
	return converted
}

func uint32s(values []int) []uint32 {
	converted := make([]uint32, len(values))
	for i, value := range values {
		converted[i] = uint32(value)
	}
	return converted
}
