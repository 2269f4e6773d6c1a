package macenv_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"macenv.dev/macenv"
)

// course plays on and says what happened.
func course(t *testing.T, session *macenv.Session, steps int) []string {
	t.Helper()
	var said []string
	events := step(t, session, nil)
	for range steps {
		said = append(said, rowsOf(events)...)
		events = step(t, session, decide(events))
	}
	return said
}

// rowsOf says everything that every client sees of the rows.
func rowsOf(events *macenv.Events) []string {
	var rows []string
	for r := range events.Rows() {
		row := fmt.Sprint(events.Lane(r), events.Episode(r), events.Tick(r), events.Kind(r), events.JointReward(r))
		for agent := range events.Spec().Size() {
			row += fmt.Sprint(events.Status(r, agent), events.Observation(r, agent), events.LegalMask(r, agent))
		}
		rows = append(rows, row)
	}
	return rows
}

func save(t *testing.T, session *macenv.Session, lane int) macenv.Snapshot {
	t.Helper()
	saved, err := session.Snapshot(t.Context(), lane)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func restore(t *testing.T, session *macenv.Session, lane int, snapshot macenv.Snapshot) {
	t.Helper()
	if err := session.Restore(t.Context(), lane, snapshot); err != nil {
		t.Fatal(err)
	}
}

func TestALaneThatIsPutBackHasTheSameFutureAndSoHaveItsCopies(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "ct-2", macenv.WithSeeds(7), macenv.WithGamma(0.95))
	course(t, session, 4)
	saved := save(t, session, 0)
	if saved.Tick == 0 || len(saved.Data) == 0 {
		t.Fatalf("tick %d, %d bytes (expected: some)", saved.Tick, len(saved.Data))
	}
	restore(t, session, 0, saved)
	first := course(t, session, 6)
	restore(t, session, 0, saved)
	if again := course(t, session, 6); !slices.Equal(again, first) {
		t.Errorf("%v (expected: %v)", again, first)
	}
	fork := create(t, client, "ct-2", macenv.WithGamma(0.95), macenv.FromSnapshot(saved))
	if len(fork.Seeds()) != 0 {
		t.Errorf("seeds: %v (expected: none)", fork.Seeds())
	}
	if copied := course(t, fork, 6); !slices.Equal(copied, first) {
		t.Errorf("%v (expected: %v)", copied, first)
	}
}

func TestWhatIsWrongWithASnapshotIsSaid(t *testing.T) {
	client := dial(t, target(t))
	session, other := create(t, client, "ct-2"), create(t, client, "bp-10")
	saved := save(t, session, 0)
	requireReason[*macenv.RequestRefusedError](t, other.Restore(t.Context(), 0, saved), "SNAPSHOT_MISMATCH")
	saved.Data = saved.Data[:len(saved.Data)-3]
	requireReason[*macenv.ServerFailureError](t, session.Restore(t.Context(), 0, saved), "SNAPSHOT_CORRUPT")
}

func TestALaneIsDrawn(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "bp-10", macenv.WithView(macenv.View{Render: true}))
	text, err := session.Render(t.Context(), 0, "text/plain")
	if err != nil || text.Format != "text/plain" || !strings.HasPrefix(string(text.Data), "bp-10   tick 0") {
		t.Errorf("%v %+v (expected: a drawing of tick 0)", err, text)
	}
	png, err := session.Render(t.Context(), 0, "image/png")
	if err != nil || !bytes.HasPrefix(png.Data, []byte("\x89PNG")) {
		t.Errorf("%v, %d bytes (expected: a PNG)", err, len(png.Data))
	}
	_, err = session.Render(t.Context(), 0, "image/gif")
	requireReason[*macenv.RequestRefusedError](t, err, "INVALID_FIELD")
	_, err = create(t, client, "bp-10").Render(t.Context(), 0, "")
	requireReason[*macenv.AccessDeniedError](t, err, "SEAT_NOT_GRANTED")
}

func fetch(t *testing.T, session *macenv.Session) *macenv.Recording {
	t.Helper()
	recording, err := session.FetchRecording(withinSeconds(t, 60))
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

// playAgain plays what was decided, and gives what came of it.
func playAgain(t *testing.T, client *macenv.Client, recording *macenv.Recording) []string {
	t.Helper()
	again := create(t, client, recording.Header.Environment(), recording.Header.SessionOptions()...)
	var rows []string
	for entry, err := range recording.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		switch entry := entry.(type) {
		case *macenv.RecordedDecisions:
			rows = append(rows, rowsOf(step(t, again, entry.Decisions))...)
		case *macenv.RecordedReset:
			var lanes []int
			var seeds []uint64
			for _, started := range entry.Started {
				lanes, seeds = append(lanes, started.Lane), append(seeds, started.Seed)
			}
			if len(entry.LaneSeeds) > 0 {
				_, err = again.Reset(t.Context(), lanes, entry.LaneSeeds)
			} else {
				_, err = again.ResetEpisodes(t.Context(), lanes, seeds)
			}
			if err != nil {
				t.Fatal(err)
			}
		case *macenv.RecordedLane:
			restore(t, again, entry.Lane, entry.Snapshot)
		}
	}
	return rows
}

func TestARecordedSessionPlaysAgain(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "ct-2", macenv.WithLanes(2), macenv.WithSeeds(7), macenv.WithGamma(0.95),
		macenv.WithRecording(macenv.RecordingOptions{Events: true, Privileged: true}))
	events := step(t, session, nil)
	var saved macenv.Snapshot
	for number := range 12 {
		switch number {
		case 4:
			saved = save(t, session, 1)
			if _, err := session.Reset(t.Context(), []int{0}, []uint64{9}); err != nil {
				t.Fatal(err)
			}
			events = step(t, session, nil)
		case 8:
			if _, err := session.ResetEpisodes(t.Context(), []int{1}, []uint64{5}); err != nil {
				t.Fatal(err)
			}
			restore(t, session, 0, saved)
			events = step(t, session, nil)
		}
		decisions := decide(events)
		decisions.MaxTicks = 3
		events = step(t, session, decisions)
	}
	if fetch(t, session).Complete() {
		t.Error("complete (expected: not before the session has closed)")
	}
	_ = session.Close()

	recording, err := macenv.NewRecording(fetch(t, session).Data)
	if err != nil || !recording.Complete() {
		t.Fatalf("%v, complete: %t (expected: true)", err, recording.Complete())
	}
	header := recording.Header
	if header.Lanes != 2 || header.Gamma != 0.95 || !slices.Equal(header.LaneSeeds, session.Seeds()) ||
		header.Spec.Fingerprint != session.Spec().Fingerprint || !header.Options.Events || !header.Options.Privileged {
		t.Errorf("%+v (expected: what the session was created with)", header)
	}
	var happened []string
	kinds := map[string]int{}
	for entry, err := range recording.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		kinds[fmt.Sprintf("%T", entry)]++
		if entry, ok := entry.(*macenv.RecordedEvents); ok {
			happened = append(happened, rowsOf(entry.Events)...)
			if len(entry.Events.State(0)) != session.Spec().State.Size {
				t.Error("no state (expected: one, in a privileged recording)")
			}
		}
		if closed, ok := entry.(*macenv.RecordedClose); ok && closed.Cause != "OWNER" {
			t.Errorf("cause: %s (expected: OWNER)", closed.Cause)
		}
	}
	for _, kind := range []string{"Grant", "Decisions", "Events", "Reset", "Lane", "Close"} {
		if kinds["*macenv.Recorded"+kind] == 0 {
			t.Errorf("%v (expected: a Recorded%s among them)", kinds, kind)
		}
	}
	again := playAgain(t, client, recording)
	if len(again) < 20 {
		t.Errorf("%d rows (expected: more)", len(again))
	}
	// Rows that a reset overtook are in the recording, and were never sent.
	for _, row := range again {
		if !slices.Contains(happened, row) {
			t.Errorf("%s (expected: only what is recorded)", row)
		}
	}
}

func TestAForkIsRecordedWithItsSnapshots(t *testing.T) {
	client := dial(t, target(t))
	parent := create(t, client, "ct-2", macenv.WithSeeds(7))
	course(t, parent, 2)
	fork := create(t, client, "ct-2", macenv.FromSnapshot(save(t, parent, 0)),
		macenv.WithRecording(macenv.RecordingOptions{}))
	played := course(t, fork, 4)
	if again := playAgain(t, client, fetch(t, fork)); !slices.Equal(again[:len(played)], played) {
		t.Errorf("%v (expected: %v)", again, played)
	}
}

func TestARecordingIsFetchedThroughCuts(t *testing.T) {
	client := dial(t, target(t))
	session := create(t, client, "ct-2", macenv.WithSeeds(7), macenv.WithLanes(4),
		macenv.WithRecording(macenv.RecordingOptions{Events: true, Privileged: true}))
	course(t, session, 400)
	whole := fetch(t, session)
	proxy := newCuttingProxy(t, target(t), 11)
	through, err := dial(t, proxy.address()).Attach(t.Context(), session.Key())
	if err != nil {
		t.Fatal(err)
	}
	if fetched := fetch(t, through); !bytes.Equal(fetched.Data, whole.Data) {
		t.Errorf("%d bytes (expected: the same %d)", len(fetched.Data), len(whole.Data))
	}
	if len(proxy.cuts) < 1 {
		t.Errorf("%d cuts (expected: some)", len(proxy.cuts))
	}
}

func TestASessionThatIsNotRecorded(t *testing.T) {
	_, err := create(t, dial(t, target(t)), "bp-10").FetchRecording(t.Context())
	requireReason[*macenv.RequestRefusedError](t, err, "RECORDING_NOT_FOUND")
}

func TestWhatIsNoRecording(t *testing.T) {
	for data, expected := range map[string]string{"something else": "MACENV01", "MACENV01": "no header", "": "MACENV01"} {
		if _, err := macenv.NewRecording([]byte(data)); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%q: %v (expected: %s)", data, err, expected)
		}
	}
}

func TestADamagedEntryEndsARecording(t *testing.T) {
	session := create(t, dial(t, target(t)), "bp-10", macenv.WithRecording(macenv.RecordingOptions{Events: true}))
	course(t, session, 3)
	whole := fetch(t, session)
	count := func(data []byte) int {
		recording, err := macenv.NewRecording(data)
		if err != nil {
			t.Fatal(err)
		}
		entries := 0
		for _, err := range recording.Entries() {
			if entries++; err != nil {
				t.Fatal(err)
			}
		}
		return entries
	}
	damaged := bytes.Clone(whole.Data)
	damaged[len(damaged)-1] ^= 1
	for _, data := range [][]byte{damaged, whole.Data[:len(whole.Data)-1]} {
		if count(data) != count(whole.Data)-1 {
			t.Errorf("%d entries (expected: %d)", count(data), count(whole.Data)-1)
		}
	}
}
