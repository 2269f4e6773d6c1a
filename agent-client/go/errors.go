package macenv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Failure is a call that failed. It is inside every error of the types below, which say what a caller can do about it:
//
//	var refused *macenv.RequestRefusedError
//	if errors.As(err, &refused) && refused.Reason == "ACTION_ILLEGAL" { ... }
type Failure struct {
	// Code is the gRPC code.
	Code codes.Code
	// Reason is stable between releases, for example "ACTION_ILLEGAL"; empty if the failure did not come from a macenv
	// server.
	Reason string
	// Message for people.
	Message string
	// Violations are all problems at once. Empty unless Code is InvalidArgument.
	Violations []FieldViolation
	// Metadata is more about the reason, for example lane, seat and action.
	Metadata map[string]string
	// RetryAfter is when trying again may help; 0 if the server does not say.
	RetryAfter time.Duration

	cause error
}

// FieldViolation is what is wrong with one field.
type FieldViolation struct {
	// Field is a path in the request, for example "config.grid" or "action[3]".
	Field string
	// Description of what is wrong, and of what was expected.
	Description string
}

// Error says what happened and what to do about it.
func (f *Failure) Error() string {
	var text strings.Builder
	text.WriteString("macenv: " + f.Code.String())
	if f.Reason != "" {
		text.WriteString(" " + f.Reason)
	}
	text.WriteString(": " + f.Message)
	for _, violation := range f.Violations {
		text.WriteString("\n  " + violation.Field + ": " + violation.Description)
	}
	if advice := f.advice(); advice != "" {
		text.WriteString(" (" + advice + ")")
	}
	return text.String()
}

// Unwrap is the gRPC error, or the end of the caller's context.
func (f *Failure) Unwrap() error { return f.cause }

// advice is what to do, where the message of the server cannot know it.
func (f *Failure) advice() string {
	switch f.Reason {
	case "UNAUTHENTICATED":
		return "check the token given with WithToken, and the session's key"
	case "SESSION_CLOSED":
		if f.Metadata["cause"] == "LEASE_EXPIRED" {
			return "create a new session; WithLease makes it survive a longer silence"
		}
		return "create a new session"
	case "ACTION_ILLEGAL", "ACTION_OUT_OF_RANGE":
		return "choose one with Events.Legal; nothing was applied, the session goes on"
	case "SEAT_ONGOING":
		return "decide only for agents of Events.AllPending"
	case "STEP_ID_MISMATCH":
		return "another program plays with the same key; Client.Attach takes over"
	case "STEP_ID_REUSED":
		return "repeat a step that failed with the same decisions"
	case "SUPERSEDED":
		return "a newer stream plays this session; only one program may hold a key"
	case "LANE_ENDED", "LANE_FAULTED":
		return "Session.Reset begins a new episode"
	case "ENVIRONMENT_NOT_FOUND":
		return "Client.Environments lists what there is"
	case "FEATURE_ABSENT":
		return "Client.ServerInfo lists what this server has"
	}
	if f.Code == codes.Unavailable || f.Code == codes.DeadlineExceeded {
		return "check that the server runs at this address, and that both sides agree on encryption and certificates (WithTLS); a step may be repeated with the same decisions"
	}
	return ""
}

// RequestRefusedError: the request is wrong, or came at the wrong time. Nothing has changed, and the session goes on,
// unless the reason is SESSION_CLOSED.
type RequestRefusedError struct{ *Failure }

// AccessDeniedError: a wrong token, or something that the session's grant does not include.
type AccessDeniedError struct{ *Failure }

// LimitReachedError: the server is full, or a quota is used up. Failure.RetryAfter may say when to try again.
type LimitReachedError struct{ *Failure }

// FeatureAbsentError: the server does not have this feature.
type FeatureAbsentError struct{ *Failure }

// ServerUnavailableError: the server could not be reached, or did not finish, for as long as the options allow. Whether
// a step was executed is not known: call Step again with the same decisions.
type ServerUnavailableError struct{ *Failure }

// ServerFailureError: a defect of the server or of an environment, or an answer that breaks the protocol.
type ServerFailureError struct{ *Failure }

// IncompatibleServerError: what answers at the address does not speak macenv.v1.
type IncompatibleServerError struct{ *Failure }

// CanceledError: the caller's context ended first; errors.Is finds context.Canceled or context.DeadlineExceeded in it.
// A step may have been executed: call Step again with the same decisions.
type CanceledError struct{ *Failure }

// Unwrap gives the Failure.
func (e *RequestRefusedError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *AccessDeniedError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *LimitReachedError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *FeatureAbsentError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *ServerUnavailableError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *ServerFailureError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *IncompatibleServerError) Unwrap() error { return e.Failure }

// Unwrap gives the Failure.
func (e *CanceledError) Unwrap() error { return e.Failure }

// ErrClosed: the session was closed here, by Session.Close.
var ErrClosed = errors.New("macenv: the session is closed (expected: no call after Session.Close)")

const codeOfMalformed = codes.Internal

func newFailure(code codes.Code, reason, message string, cause error) error {
	return typed(&Failure{Code: code, Reason: reason, Message: message, cause: cause})
}

// typed wraps a failure in the error that fits its code.
func typed(f *Failure) error {
	switch f.Code {
	case codes.InvalidArgument, codes.OutOfRange, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Aborted:
		return &RequestRefusedError{f}
	case codes.PermissionDenied, codes.Unauthenticated:
		return &AccessDeniedError{f}
	case codes.ResourceExhausted:
		return &LimitReachedError{f}
	case codes.Unimplemented:
		return &FeatureAbsentError{f}
	case codes.Unavailable, codes.DeadlineExceeded:
		return &ServerUnavailableError{f}
	default:
		return &ServerFailureError{f}
	}
}

func canceled(ctx context.Context) error {
	cause := context.Cause(ctx)
	return &CanceledError{&Failure{
		Code:    status.FromContextError(ctx.Err()).Code(),
		Message: fmt.Sprintf("the caller's context ended: %v", cause),
		cause:   ctx.Err(),
	}}
}

// details is what the protocol's errors carry beside code and message.
type details struct {
	reason     string
	violations []FieldViolation
	metadata   map[string]string
	retryAfter time.Duration
}

func readDetails(s *statuspb.Status) details {
	var d details
	for _, packed := range s.GetDetails() {
		detail, err := packed.UnmarshalNew()
		if err != nil {
			continue // of a later version
		}
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			d.reason = detail.GetReason()
			d.metadata = detail.GetMetadata()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				d.violations = append(d.violations, FieldViolation{violation.GetField(), violation.GetDescription()})
			}
		case *errdetails.RetryInfo:
			d.retryAfter = detail.GetRetryDelay().AsDuration()
		}
	}
	return d
}

// callError is one attempt that failed: a gRPC error, and the trailer that came with it.
type callError struct {
	status  *status.Status
	trailer metadata.MD
}

func (e *callError) Error() string { return e.status.Err().Error() }

// newCallError reads an error of gRPC; nil stays nil.
func newCallError(err error, trailer metadata.MD) error {
	if err == nil {
		return nil
	}
	return &callError{status.Convert(err), trailer}
}

func (e *callError) reason() string {
	if reason := readDetails(e.status.Proto()).reason; reason != "" {
		return reason
	}
	if values := e.trailer.Get("macenv-reason"); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (e *callError) failure() *Failure {
	d := readDetails(e.status.Proto())
	return &Failure{
		Code:       e.status.Code(),
		Reason:     e.reason(),
		Message:    e.status.Message(),
		Violations: d.violations,
		Metadata:   d.metadata,
		RetryAfter: d.retryAfter,
		cause:      e.status.Err(),
	}
}

// outcome is what a failed attempt tells about the way to the server.
type outcome int

const (
	// answered: the server has decided.
	answered outcome = iota
	// unreachable: the connection is gone, or the server is going down.
	unreachable
	// slow: the server is at work; it, or the deadline, says so.
	slow
	// brokenTransport: the transport stumbled over something that no macenv server has sent.
	brokenTransport
)

func (e *callError) outcome() outcome {
	switch e.status.Code() {
	case codes.Unavailable:
		return unreachable
	case codes.DeadlineExceeded:
		return slow
	case codes.Internal, codes.Canceled, codes.Unknown:
		if e.reason() == "" {
			return brokenTransport
		}
	}
	return answered
}
