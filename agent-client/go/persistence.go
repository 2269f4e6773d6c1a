package macenv

import (
	"context"
	"time"

	"google.golang.org/grpc"
)

const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
	// maxBrokenTransports is how often a failure of the transport's machinery, which may as well be a defect, is taken
	// for a cut connection.
	maxBrokenTransports = 3
)

// persistence tries a call again until it succeeds, is refused, or has used up its time.
//
// Only calls that are safe to repeat come here: those that read, and those whose request carries a number (step_id,
// request_id) by which the server knows it again. Two clocks run: patience for a server that cannot be reached,
// restarted by every sign of life, and a limit for the call as a whole, for a server that lives but does not finish.
type persistence struct {
	connection *grpc.ClientConn
	options    dialOptions
}

// attempt tries once; it ends by the timeout or with the context. It returns nil, a *callError or an error that is
// final.
type attempt func(ctx context.Context, timeout time.Duration) error

// call tries a call that the server answers at once.
func (p *persistence) call(ctx context.Context, try attempt) error {
	return p.persist(ctx, p.options.patience, p.options.patience+p.options.attemptTimeout, try)
}

// step tries a step, which may have to wait for other players.
func (p *persistence) step(ctx context.Context, try attempt) error {
	return p.persist(ctx, p.options.patience, p.options.stepTimeout, try)
}

func (p *persistence) persist(ctx context.Context, patience, limit time.Duration, try attempt) error {
	begin := time.Now()
	lastSign := begin
	pause := firstPause
	brokenTransports := 0
	for {
		if ctx.Err() != nil {
			return canceled(ctx)
		}
		left := max(limit-time.Since(begin), time.Nanosecond)
		err := try(ctx, min(left, p.options.attemptTimeout))
		if err == nil {
			return nil
		}
		failed, ok := err.(*callError)
		if !ok {
			return err
		}
		if ctx.Err() != nil {
			return canceled(ctx)
		}
		worthwhile := false
		switch failed.outcome() {
		case unreachable:
			worthwhile = time.Since(lastSign) < patience
		case slow:
			lastSign = time.Now()
			pause = firstPause
			worthwhile = true
		case brokenTransport:
			brokenTransports++
			worthwhile = brokenTransports <= maxBrokenTransports
		case answered:
		}
		failure := failed.failure()
		if !worthwhile || time.Since(begin) >= limit {
			return typed(failure)
		}
		wait := pause
		if failure.RetryAfter > 0 {
			wait = min(failure.RetryAfter, longestPause)
		}
		select {
		case <-ctx.Done():
			return canceled(ctx)
		case <-time.After(wait):
		}
		pause = min(2*pause, longestPause)
		p.connection.ResetConnectBackoff()
	}
}
