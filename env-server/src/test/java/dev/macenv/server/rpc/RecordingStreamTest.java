package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.journal.Recording;
import dev.macenv.v1.FetchRecordingResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A recording leaves no faster than it is read, so a reader who does not read costs no memory. */
final class RecordingStreamTest {
    private static final int PIECE = 64 << 10;

    private final Recording recording = new Recording(Long.MAX_VALUE);
    private final Reader reader = new Reader();

    /** Takes so many pieces as it says, as gRPC does when its buffers are full. */
    private static final class Reader extends ServerCallStreamObserver<FetchRecordingResponse> {
        final List<FetchRecordingResponse> pieces = new ArrayList<>();
        int takes;
        boolean completed;
        private Runnable ready = () -> {};

        void takes(int more) {
            takes += more;
            ready.run();
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            pieces.forEach(piece -> bytes.writeBytes(piece.getData().toByteArray()));
            return bytes.toByteArray();
        }

        @Override
        public boolean isReady() {
            return takes > pieces.size();
        }

        @Override
        public void onNext(FetchRecordingResponse piece) {
            pieces.add(piece);
        }

        @Override
        public void onCompleted() {
            assertThat(completed).isFalse();
            completed = true;
        }

        @Override
        public void onError(Throwable problem) {
            throw new AssertionError(problem);
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            ready = handler;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }

    private void record(int bytes) {
        assertThat(recording.append(new byte[bytes])).isTrue();
    }

    @Test
    void whoeverDoesNotReadIsSentNothing() {
        record(50 * PIECE);
        RecordingStream.send(recording, 0, false, reader);
        assertThat(reader.pieces).isEmpty();
        assertThat(reader.completed).isFalse();
        reader.takes(0); // told that it may be ready, which it is not
        assertThat(reader.pieces).isEmpty();
    }

    @Test
    void aPieceLeavesForEachThatIsTaken() {
        record(50 * PIECE);
        RecordingStream.send(recording, 0, false, reader);
        for (int taken = 1; taken <= 20; taken++) {
            reader.takes(1);
            assertThat(reader.pieces).hasSize(taken);
            assertThat(reader.pieces.get(taken - 1).getData().size()).isEqualTo(PIECE);
            assertThat(reader.pieces.get(taken - 1).getOffset()).isEqualTo((long) (taken - 1) * PIECE);
        }
        reader.takes(1000);
        assertThat(reader.completed).isTrue();
        assertThat(reader.bytes()).isEqualTo(recording.read(0, (int) recording.length()));
    }

    @Test
    void whatIsAddedWhileASlowReaderReadsIsSentToo() {
        record(3 * PIECE);
        reader.takes = 1;
        RecordingStream.send(recording, 0, false, reader);
        record(2 * PIECE);
        recording.complete();
        reader.takes(1000);
        assertThat(reader.bytes()).isEqualTo(recording.read(0, (int) recording.length()));
        assertThat(reader.pieces.get(reader.pieces.size() - 1).getComplete()).isTrue();
        assertThat(reader.pieces.subList(0, reader.pieces.size() - 1)).noneMatch(FetchRecordingResponse::getComplete);
        assertThat(reader.completed).isTrue();
    }
}
