package macenv

import (
	"context"
	"crypto/rand"

	"macenv.dev/macenv/macenvpb"
)

// Snapshot is a lane as it stood at an event, with everything that its future depends on. Session.Snapshot takes it.
type Snapshot struct {
	// Data is opaque: good for every server that has the environment in that version and with those settings.
	Data []byte
	// Episode and Tick at which the lane stood; -1 where that is not known, as in recordings.
	Episode, Tick int
}

// Drawing is a lane as it stood at its last event, to look at.
type Drawing struct {
	// Format, for example "text/plain" (UTF-8) or "image/png".
	Format string
	// Data is the drawing.
	Data []byte
	// Episode and Tick shown.
	Episode, Tick int
}

// Snapshot saves a lane as it stood at its last event; decisions taken since are not part of it. For the owner; changes
// nothing.
func (s *Session) Snapshot(ctx context.Context, lane int) (Snapshot, error) {
	saved, err := persistently(ctx, s.persistence, s.stub.Snapshot,
		&macenvpb.SnapshotRequest{Session: s.key.Session, Token: s.key.Token, Lane: uint32(lane)})
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{saved.GetSnapshot(), int(saved.GetEpisode()), int(saved.GetTick())}, nil
}

// Restore puts a lane back to where one was saved that has the same TeamSpec.Fingerprint. Its row comes with the next
// Step, as if it had just happened, and the same decisions bring the same events again. For the owner. The discount must
// be the same unless the episode had just begun.
func (s *Session) Restore(ctx context.Context, lane int, snapshot Snapshot) error {
	_, err := persistently(ctx, s.persistence, s.stub.Restore, &macenvpb.RestoreRequest{
		Session: s.key.Session, Token: s.key.Token, Lane: uint32(lane), RequestId: rand.Text(),
		Source: &macenvpb.RestoreRequest_Snapshot{Snapshot: snapshot.Data},
	})
	return err
}

// Render draws a lane, in one of the formats that the environment has, or "" for its ordinary one. Needs View.Render.
// Never moves a clock.
func (s *Session) Render(ctx context.Context, lane int, format string) (Drawing, error) {
	drawn, err := persistently(ctx, s.persistence, s.stub.Render,
		&macenvpb.RenderRequest{Session: s.key.Session, Token: s.key.Token, Lane: uint32(lane), Format: format})
	if err != nil {
		return Drawing{}, err
	}
	return Drawing{drawn.GetFormat(), drawn.GetData(), int(drawn.GetEpisode()), int(drawn.GetTick())}, nil
}
