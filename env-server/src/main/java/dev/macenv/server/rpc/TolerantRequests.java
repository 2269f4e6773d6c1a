package dev.macenv.server.rpc;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes bytes that are no message of the expected type, and unary calls without exactly one message, the caller's mistake.
 * Left to itself, gRPC answers them with INTERNAL or UNKNOWN.
 *
 * <p>The marshaller turns such bytes into a marked instance of the message type. Unary calls are then refused before the
 * handler sees them, and {@link PlayStream} refuses that one request.
 */
final class TolerantRequests {
    /** Recognised by identity, so no bytes can imitate it. */
    private static final UnknownFieldSet MARK = UnknownFieldSet.newBuilder()
            .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(0).build())
            .build();

    private TolerantRequests() {}

    @SuppressWarnings("ReferenceEquality") // see MARK
    static boolean isMalformed(Message request) {
        return request.getUnknownFields() == MARK;
    }

    static RefusedException malformed() {
        return RefusedException.field(
                Reason.INVALID_FIELD, "request", "not a message of the expected type (its bytes do not parse)");
    }

    private static RefusedException notOneMessage() {
        return RefusedException.field(Reason.INVALID_FIELD, "request", "missing or repeated (expected: one message)");
    }

    /** The same service, refusing what is no request. */
    static ServerServiceDefinition of(ServerServiceDefinition service) {
        ServiceDescriptor original = service.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(original.getName()).setSchemaDescriptor(original.getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            ServerMethodDefinition<?, ?> tolerant = tolerant(method);
            methods.add(tolerant);
            descriptor.addMethod(tolerant.getMethodDescriptor());
        }
        ServerServiceDefinition.Builder result = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(result::addMethod);
        return result.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> tolerant(ServerMethodDefinition<Q, A> method) {
        var descriptor = method.getMethodDescriptor();
        ServerCallHandler<Q, A> handler = method.getServerCallHandler();
        if (descriptor.getType().clientSendsOneMessage()) {
            handler = new OneMessage<>(handler);
        }
        return ServerMethodDefinition.create(
                descriptor.toBuilder()
                        .setRequestMarshaller(new MarkingMarshaller<>(descriptor.getRequestMarshaller()))
                        .build(),
                handler);
    }

    private record MarkingMarshaller<Q>(Marshaller<Q> exact) implements Marshaller<Q> {
        @Override
        public InputStream stream(Q value) {
            return exact.stream(value);
        }

        @Override
        public Q parse(InputStream stream) {
            try {
                return exact.parse(stream);
            } catch (StatusRuntimeException e) {
                return marked();
            }
        }

        @SuppressWarnings("unchecked") // the prototype of a protobuf marshaller is of its message type
        private Q marked() {
            Message prototype = (Message) ((PrototypeMarshaller<Q>) exact).getMessagePrototype();
            if (prototype == null) {
                throw new AssertionError("a protobuf marshaller without a prototype");
            }
            return (Q) prototype.newBuilderForType().setUnknownFields(MARK).build();
        }
    }

    /** Lets a call with exactly one well-formed message through and refuses any other. */
    private record OneMessage<Q, A>(ServerCallHandler<Q, A> handler) implements ServerCallHandler<Q, A> {
        @Override
        public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
            ServerCall.Listener<Q> listener = handler.startCall(call, headers);
            return new SimpleForwardingServerCallListener<>(listener) {
                private int messages;
                private boolean refused;

                @Override
                public void onMessage(Q message) {
                    messages++;
                    if (isMalformed((Message) message)) {
                        refuse(malformed());
                    } else if (messages > 1) {
                        refuse(notOneMessage());
                    } else if (!refused) {
                        super.onMessage(message);
                    }
                }

                @Override
                public void onHalfClose() {
                    if (messages == 0) {
                        refuse(notOneMessage());
                    }
                    if (!refused) {
                        super.onHalfClose();
                    }
                }

                private void refuse(RefusedException why) {
                    if (!refused) {
                        refused = true;
                        StatusException answer = Refusals.exception(why);
                        Metadata trailers = answer.getTrailers();
                        call.close(answer.getStatus(), trailers == null ? new Metadata() : trailers);
                    }
                }
            };
        }
    }
}
