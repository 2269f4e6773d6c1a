package macenv_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"

	"macenv.dev/macenv"
	"macenv.dev/macenv/macenvpb"
)

// requireReason also says with which type the reason comes.
func requireReason[E error](t *testing.T, err error, reason string) *macenv.Failure {
	t.Helper()
	var typed E
	var failure *macenv.Failure
	if !errors.As(err, &typed) || !errors.As(err, &failure) || failure.Reason != reason {
		t.Fatalf("%T %v (expected: %T %s)", err, err, typed, reason)
	}
	return failure
}

func TestRefusalsHaveTypesAndTheSessionGoesOn(t *testing.T) {
	for name, transport := range map[string]macenv.Transport{"stream": macenv.Stream, "unary": macenv.Unary} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, target(t), macenv.WithTransport(transport))
			session := create(t, client, "bp-10", macenv.WithSeeds(7))
			events := step(t, session, nil)

			var bad macenv.Decisions
			_, err := session.Step(t.Context(), bad.Add(0, 0, 0).Add(0, 1, 99))
			failure := requireReason[*macenv.RequestRefusedError](t, err, "ACTION_OUT_OF_RANGE")
			if len(failure.Violations) != 1 || failure.Violations[0].Field != "action[1]" {
				t.Errorf("violations: %v (expected: action[1])", failure.Violations)
			}
			bad.Clear()
			_, err = session.Step(t.Context(), bad.Add(5, 0, 0))
			requireReason[*macenv.RequestRefusedError](t, err, "INVALID_FIELD")

			_, err = session.MacroState(t.Context())
			requireReason[*macenv.AccessDeniedError](t, err, "SEAT_NOT_GRANTED")

			var good macenv.Decisions
			for row, agent := range events.AllPending() {
				good.Add(0, agent, arithmeticPolicy(events, row, agent))
			}
			if after := step(t, session, &good); after.Rows() != 1 {
				t.Errorf("%v (expected: one row)", after)
			}
		})
	}
}

func TestCreationIsRefusedWithEveryProblem(t *testing.T) {
	client := dial(t, target(t))
	_, err := client.CreateSession(t.Context(), "no-such-environment")
	requireReason[*macenv.RequestRefusedError](t, err, "ENVIRONMENT_NOT_FOUND")
	_, err = client.CreateSession(t.Context(), "bp-10", macenv.WithLanes(0), macenv.WithGamma(2),
		macenv.WithSettings(map[string]any{"no-such-setting": true}))
	if failure := requireReason[*macenv.RequestRefusedError](t, err, "INVALID_FIELD"); len(failure.Violations) < 3 {
		t.Errorf("violations: %v (expected: three)", failure.Violations)
	}
}

func TestAWrongKeyIsDenied(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "bp-10")
	_, err := client.Attach(t.Context(), macenv.SessionKey{Session: session.Key().Session, Token: "wrong"})
	requireReason[*macenv.AccessDeniedError](t, err, "UNAUTHENTICATED")
}

// A step says in time that its server is gone.
func TestAServerThatDiesInTheMiddleIsReportedInTime(t *testing.T) {
	for name, transport := range map[string]macenv.Transport{"stream": macenv.Stream, "unary": macenv.Unary} {
		t.Run(name, func(t *testing.T) {
			mortal, kill, err := startServer()
			if err != nil {
				t.Fatal(err)
			}
			defer kill()
			client := dial(t, mortal, macenv.WithTransport(transport), macenv.WithPatience(200*time.Millisecond))
			session := create(t, client, "bp-6")
			step(t, session, nil)
			kill()
			_, err = session.Step(withinSeconds(t, 30), nil)
			requireReason[*macenv.ServerUnavailableError](t, err, "")
			requireText(t, err, "check that the server runs")
		})
	}
}

func TestAnExpiredLeaseEndsTheSession(t *testing.T) {
	target := serve(t, "--max-sessions", "2", "--set", "lease.shortestSeconds=1")
	var forgotten []*macenv.Session
	for _, transport := range []macenv.Transport{macenv.Stream, macenv.Unary} {
		client := dial(t, target, macenv.WithTransport(transport))
		forgotten = append(forgotten, create(t, client, "bp-6", macenv.WithLease(time.Second)))
	}
	// Looking at a session would renew its lease; that there is room for others says that both are over.
	client := dial(t, target)
	for range forgotten {
		createWhenThereIsRoom(t, client)
	}
	for _, session := range forgotten {
		_, err := session.Step(t.Context(), nil)
		failure := requireReason[*macenv.RequestRefusedError](t, err, "SESSION_CLOSED")
		if failure.Metadata["cause"] != "LEASE_EXPIRED" {
			t.Errorf("cause: %s (expected: LEASE_EXPIRED)", failure.Metadata["cause"])
		}
		requireText(t, err, "create a new session; WithLease")
	}
}

func createWhenThereIsRoom(t *testing.T, client *macenv.Client) {
	t.Helper()
	ctx := withinSeconds(t, 30)
	for {
		session, err := client.CreateSession(ctx, "bp-6")
		var full *macenv.LimitReachedError
		if !errors.As(err, &full) {
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = session.Close() })
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestATargetThatCannotBeOneIsRefusedAtOnce(t *testing.T) {
	for _, target := range []string{"http://localhost:50051", "https://localhost:50051", "grpc://localhost:50051", "localhost", ""} {
		_, err := macenv.Dial(t.Context(), target)
		expected := "macenv: target: " + target + " (expected: host:port, such as localhost:50051, dns:///host:port or unix:/path)"
		if err == nil || err.Error() != expected {
			t.Errorf("%v (expected: %s)", err, expected)
		}
	}
}

func TestNoServerIsReportedInTime(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	_, err = macenv.Dial(withinSeconds(t, 30), listener.Addr().String(), macenv.WithPatience(100*time.Millisecond))
	requireReason[*macenv.ServerUnavailableError](t, err, "")
}

// The listener accepts connections and never says a word.
func TestASilentServerIsReportedInTime(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = macenv.Dial(withinSeconds(t, 30), listener.Addr().String(),
		macenv.WithPatience(100*time.Millisecond), macenv.WithAttemptTimeout(100*time.Millisecond))
	requireReason[*macenv.ServerUnavailableError](t, err, "")
}

func TestTheCallersContextEndsACall(t *testing.T) {
	client := dial(t, target(t))
	owner := create(t, client, "bp-10", macenv.WithOpenSeats(1))
	if _, err := owner.Step(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := owner.Step(ctx, nil)
	requireReason[*macenv.CanceledError](t, err, "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v (expected: context.Canceled in it)", err)
	}
}

type futureCatalog struct {
	macenvpb.UnimplementedCatalogServiceServer
}

func (futureCatalog) GetServerInfo(
	context.Context, *macenvpb.GetServerInfoRequest,
) (*macenvpb.GetServerInfoResponse, error) {
	return &macenvpb.GetServerInfoResponse{Protocols: []string{"macenv.v9"}, Server: "future", Version: "9"}, nil
}

func TestAServerOfAnotherProtocolIsToldApart(t *testing.T) {
	for name, register := range map[string]func(*grpc.Server){
		"another version": func(s *grpc.Server) { macenvpb.RegisterCatalogServiceServer(s, futureCatalog{}) },
		"no macenv":       func(*grpc.Server) {},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server := grpc.NewServer()
			register(server)
			go func() { _ = server.Serve(listener) }()
			defer server.Stop()
			_, err = macenv.Dial(t.Context(), listener.Addr().String())
			requireReason[*macenv.IncompatibleServerError](t, err, "")
		})
	}
}
