package macenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"macenv.dev/macenv/macenvpb"
)

// unaryCall makes one attempt at a unary call.
func unaryCall[Q, A any](
	ctx context.Context, timeout time.Duration,
	method func(context.Context, Q, ...grpc.CallOption) (A, error), request Q,
) (A, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var trailer metadata.MD
	answer, err := method(ctx, request, grpc.Trailer(&trailer))
	return answer, newCallError(err, trailer)
}

// stepCaller makes one attempt at a step. Its errors are *callError.
type stepCaller interface {
	call(ctx context.Context, timeout time.Duration, request *macenvpb.StepRequest) (*macenvpb.StepResponse, error)
	close()
}

// unaryStep makes a call for each step.
type unaryStep struct {
	stub macenvpb.SessionServiceClient
	key  SessionKey
}

func (u *unaryStep) call(
	ctx context.Context, timeout time.Duration, request *macenvpb.StepRequest,
) (*macenvpb.StepResponse, error) {
	request.Session, request.Token = u.key.Session, u.key.Token
	return unaryCall(ctx, timeout, u.stub.Step, request)
}

func (u *unaryStep) close() {}

// stepStream sends steps on one long-lived Play stream. It is opened by the first step, and opened again by the next
// step after it broke; the server then displaces the old one, if it has not noticed yet. One request is under way at a
// time, so the stream needs no flow control.
//
// The goroutine that plays also receives: nothing is handed over. A stream that has to be given up is cancelled, which
// wakes it.
type stepStream struct {
	stub macenvpb.SessionServiceClient
	key  SessionKey
	live grpc.BidiStreamingClient[macenvpb.StepRequest, macenvpb.StepResponse]
	// answered is true once the live stream has been. Whoever takes over from a client takes over such a stream; as good as
	// always. One that has not been was displaced by an older one of the same client, whose request came late.
	answered bool
	cancel   context.CancelFunc
	timer    *time.Timer // cancels the live stream
}

func (s *stepStream) call(
	ctx context.Context, timeout time.Duration, request *macenvpb.StepRequest,
) (*macenvpb.StepResponse, error) {
	message := request
	if s.live == nil {
		if err := s.open(ctx, timeout); err != nil {
			return nil, err
		}
		message = proto.CloneOf(request)
		message.Session, message.Token = s.key.Session, s.key.Token
	} else {
		s.timer.Reset(timeout)
	}
	unwatch := context.AfterFunc(ctx, s.cancel)
	response, err := s.exchange(message)
	inTime := s.timer.Stop()
	wanted := unwatch()
	if err != nil {
		err = s.explain(err, inTime)
		s.drop()
		return nil, err
	}
	s.answered = true
	if !inTime || !wanted {
		s.drop() // the answer came first, but the stream is being cancelled
	}
	if response.GetStepId() != request.GetStepId() {
		s.drop()
		return nil, statusError(codes.Internal, fmt.Sprintf("step_id of the answer: %d (expected: %d)", response.GetStepId(), request.GetStepId()))
	}
	if response.GetError() != nil {
		return nil, &callError{status: status.FromProto(response.GetError())}
	}
	return response, nil
}

// open begins a stream that outlives the step: its context is the session's own, with the values of the first caller's.
func (s *stepStream) open(ctx context.Context, timeout time.Duration) error {
	streamContext, cancel := context.WithCancel(context.WithoutCancel(ctx))
	live, err := s.stub.Play(streamContext)
	if err != nil {
		cancel()
		return newCallError(err, nil)
	}
	s.live, s.cancel, s.answered = live, cancel, false
	s.timer = time.AfterFunc(timeout, cancel)
	return nil
}

func (s *stepStream) exchange(message *macenvpb.StepRequest) (*macenvpb.StepResponse, error) {
	// A broken stream answers Send with io.EOF and tells why on Recv.
	if err := s.live.Send(message); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return s.live.Recv()
}

// explain turns the end of the stream into a failed attempt.
func (s *stepStream) explain(err error, inTime bool) error {
	switch {
	case !inTime:
		return statusError(codes.DeadlineExceeded, "no answer in time")
	case errors.Is(err, io.EOF):
		return statusError(codes.Unavailable, "the server ended the stream")
	}
	failed := &callError{status.Convert(err), s.live.Trailer()}
	if failed.reason() == "SUPERSEDED" && !s.answered {
		return statusError(codes.Unavailable, "an older stream of this session took over, whose request came late")
	}
	return failed
}

func (s *stepStream) drop() {
	if s.live == nil {
		return
	}
	s.timer.Stop()
	s.cancel()
	s.live = nil
}

func (s *stepStream) close() {
	if s.live != nil {
		_ = s.live.CloseSend() // what cannot be told any more ends with the cancellation
		s.drop()
	}
}

func statusError(code codes.Code, message string) error {
	return &callError{status: status.New(code, message)}
}
