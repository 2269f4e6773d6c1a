package macenv

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"

	"macenv.dev/macenv/macenvpb"
)

// Watch looks on at a session: the newest events, for any of its players and above all for those without seats, see
// WithSpectators.
//
// The first events have the last row of each lane. Who reads too slowly misses rows, but no result: Events.Ended then has
// entries without a row, and Events.JointReward and Events.JointTau of the next row cover what was missed of its episode.
// The players never wait. One goroutine at a time.
type Watch struct {
	session *Session
	lanes   []int
	dropped uint64
}

// Watch looks on at these lanes; at all if none is named. Nothing happens before Watch.Events. A newer one of the same
// key displaces it, with the reason SUPERSEDED.
func (s *Session) Watch(lanes ...int) *Watch { return &Watch{session: s, lanes: lanes} }

// DroppedRows counts the rows left out since the connection was made, up to the events that came last.
func (w *Watch) DroppedRows() int { return int(w.dropped) }

// Events walks over the news until the session has closed, the loop is left, or an error, which is then the last value.
// The context ends the waiting, with CanceledError. If the connection is lost, it is made anew, and the next events begin
// like the first.
//
//	for events, err := range session.Watch().Events(ctx) {
//		if err != nil { return err }
//		...
//	}
func (w *Watch) Events(ctx context.Context) iter.Seq2[*Events, error] {
	return func(yield func(*Events, error) bool) {
		streamContext, cancel := context.WithCancel(ctx)
		defer cancel()
		stream := &watchStream{stub: w.session.stub, context: streamContext, request: &macenvpb.WatchRequest{
			Session: w.session.key.Session, Token: w.session.key.Token, Lanes: uint32s(w.lanes),
		}}
		for {
			news, err := stream.next(ctx, w.session.persistence)
			if news == nil && err == nil {
				return
			}
			var events *Events
			if err == nil {
				w.dropped = news.GetDroppedRows()
				events, err = newEvents(w.session.spec, w.session.seats, &macenvpb.StepResponse{Events: news.GetEvents()})
			}
			if !yield(events, err) || err != nil || news.GetState() == macenvpb.SessionState_SESSION_STATE_CLOSED {
				return
			}
		}
	}
}

// watchStream is a stream that is opened again after it broke. News may be long in coming, so attempts have no deadline;
// keepalive finds a connection that is dead.
type watchStream struct {
	stub    macenvpb.SessionServiceClient
	context context.Context
	request *macenvpb.WatchRequest
	live    grpc.ServerStreamingClient[macenvpb.WatchResponse]
	brought bool // the live one has brought a message
	begun   bool // any has
}

// next waits for a message; nil without an error if the server has said all.
func (s *watchStream) next(ctx context.Context, p *persistence) (*macenvpb.WatchResponse, error) {
	for {
		var news *macenvpb.WatchResponse
		stood := false
		err := p.call(ctx, func(context.Context, time.Duration) (err error) {
			news, err = s.receive()
			stood = stood || err != nil && s.brought
			return err
		})
		// Patience is for a server that cannot be reached: it begins when a stream breaks that had brought something.
		var unavailable *ServerUnavailableError
		if stood && errors.As(err, &unavailable) {
			continue
		}
		// Between two connections, so that nobody could say it.
		var refused *RequestRefusedError
		if s.begun && errors.As(err, &refused) && refused.Reason == "SESSION_CLOSED" {
			return nil, nil
		}
		return news, err
	}
}

func (s *watchStream) receive() (*macenvpb.WatchResponse, error) {
	if s.live == nil {
		s.brought = false
		live, err := s.stub.Watch(s.context, s.request)
		if err != nil {
			return nil, newCallError(err, nil)
		}
		s.live = live
	}
	news, err := s.live.Recv()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		err = newCallError(err, s.live.Trailer())
		s.live = nil // another attempt opens another
		return nil, err
	}
	s.brought, s.begun = true, true
	return news, nil
}
