package dev.macenv.conform;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a server tells of itself through grpc.reflection.v1. */
final class Reflection {
    private Reflection() {}

    /** Full names of its services. */
    static List<String> services(Trial trial) throws InterruptedException {
        return ask(
                        trial,
                        ServerReflectionRequest.newBuilder().setListServices("").build())
                .getListServicesResponse()
                .getServiceList()
                .stream()
                .map(service -> service.getName())
                .toList();
    }

    /** File descriptors: of the file that has the symbol, and of those that it needs. */
    static List<ByteString> fileContaining(Trial trial, String symbol) throws InterruptedException {
        return ask(
                        trial,
                        ServerReflectionRequest.newBuilder()
                                .setFileContainingSymbol(symbol)
                                .build())
                .getFileDescriptorResponse()
                .getFileDescriptorProtoList();
    }

    private static ServerReflectionResponse ask(Trial trial, ServerReflectionRequest request)
            throws InterruptedException {
        BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(trial.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answers.add(response);
                    }

                    @Override
                    public void onError(Throwable problem) {
                        answers.add(Status.fromThrowable(problem));
                    }

                    @Override
                    public void onCompleted() {}
                });
        questions.onNext(trial.sending(request));
        Object answer = answers.poll(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        questions.onCompleted();
        if (answer instanceof ServerReflectionResponse response) {
            return response;
        }
        throw new Violation(
                "docs/protocol.md: grpc.reflection.v1 is served", "reflection", "an answer", String.valueOf(answer));
    }
}
