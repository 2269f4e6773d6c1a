package dev.macenv.server.rpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.macenv.server.journal.Recording;
import dev.macenv.v1.FetchRecordingResponse;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * Sends a recording as far as it goes, a piece at a time and only while the reader takes them, so that a slow reader costs
 * no memory.
 */
final class RecordingStream {
    private static final int PIECE_BYTES = 64 << 10;

    private final Recording recording;
    private final boolean over;
    private final ServerCallStreamObserver<FetchRecordingResponse> reader;
    private long offset;
    private boolean waiting;
    private boolean ended;

    private RecordingStream(
            Recording recording, long offset, boolean over, ServerCallStreamObserver<FetchRecordingResponse> reader) {
        this.recording = recording;
        this.offset = offset;
        this.over = over;
        this.reader = reader;
    }

    /**
     * Call before the handler returns.
     *
     * @param over whether the session has closed; what is still to be written about that is waited for
     */
    static void send(
            Recording recording, long offset, boolean over, ServerCallStreamObserver<FetchRecordingResponse> reader) {
        RecordingStream stream = new RecordingStream(recording, offset, over, reader);
        reader.setOnCancelHandler(() -> {});
        reader.setOnReadyHandler(stream::proceed);
        stream.proceed();
    }

    private synchronized void goOn() {
        waiting = false;
        proceed();
    }

    private synchronized void proceed() {
        while (!ended && !waiting && reader.isReady()) {
            boolean complete = recording.isComplete(); // asked first: nothing is added after it
            byte[] data = recording.read(offset, PIECE_BYTES);
            boolean last = offset + data.length >= recording.length();
            if (data.length > 0 || complete) {
                reader.onNext(FetchRecordingResponse.newBuilder()
                        .setOffset(offset)
                        .setData(UnsafeByteOperations.unsafeWrap(data))
                        .setComplete(complete && last)
                        .build());
                offset += data.length;
            }
            if (last && over && !complete) {
                waiting = recording.whenComplete(this::goOn);
            } else if (last) {
                ended = true;
                reader.onCompleted();
            }
        }
    }
}
