package dev.macenv.conform;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.v1.CatalogProto;
import dev.macenv.v1.ErrorProto;
import dev.macenv.v1.EventProto;
import dev.macenv.v1.RecordingProto;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.SessionProto;
import dev.macenv.v1.SpecProto;
import dev.macenv.v1.StepRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Group 11: older and newer clients are served. */
final class CompatibilityChecks {
    private CompatibilityChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("the messages are those of macenv.v1, or have grown", CompatibilityChecks::descriptors),
                Check.ofServer("a client that says as little as possible is served", CompatibilityChecks::leastClient),
                Check.ofServer("methods of a later version are not implemented", CompatibilityChecks::laterMethod));
    }

    private static void descriptors(Trial trial) throws InterruptedException {
        List<Descriptors.FileDescriptor> ours = List.of(
                SpecProto.getDescriptor(),
                CatalogProto.getDescriptor(),
                EventProto.getDescriptor(),
                ErrorProto.getDescriptor(),
                SessionProto.getDescriptor(),
                RecordingProto.getDescriptor());
        Map<String, FileDescriptorProto> served = new HashMap<>();
        for (String symbol : List.of("macenv.v1.SessionService", "macenv.v1.CatalogService")) {
            try {
                for (var bytes : Reflection.fileContaining(trial, symbol)) {
                    FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
                    served.put(file.getName(), file);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new Violation("grpc.reflection.v1", "a file descriptor", "a message", "bytes that are none");
            }
        }
        for (Descriptors.FileDescriptor file : ours) {
            FileDescriptorProto theirs = served.get(file.getName());
            if (theirs == null) {
                continue; // of no message of a service, as error.proto
            }
            file.toProto().getMessageTypeList().forEach(message -> compare(message, find(theirs, message.getName())));
            file.toProto().getEnumTypeList().forEach(one -> compare(one, theirs));
        }
    }

    private static DescriptorProto find(FileDescriptorProto file, String name) {
        return file.getMessageTypeList().stream()
                .filter(message -> message.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> grown("message " + name, "there", "gone"));
    }

    private static Violation grown(String what, Object expected, Object got) {
        return new Violation(
                "docs/protocol.md, Versions: nothing is renumbered, retyped or given another meaning",
                what,
                expected,
                got);
    }

    private static void compare(DescriptorProto ours, DescriptorProto theirs) {
        for (FieldDescriptorProto field : ours.getFieldList()) {
            String name = ours.getName() + "." + field.getName();
            FieldDescriptorProto same = theirs.getFieldList().stream()
                    .filter(one -> one.getNumber() == field.getNumber())
                    .findFirst()
                    .orElseThrow(() -> grown("field " + name, "number " + field.getNumber(), "gone"));
            if (same.getType() != field.getType()
                    || same.getLabel() != field.getLabel()
                    || !same.getName().equals(field.getName())
                    || !same.getTypeName().equals(field.getTypeName())) {
                throw grown("field " + name, field, same);
            }
        }
    }

    private static void compare(EnumDescriptorProto ours, FileDescriptorProto file) {
        EnumDescriptorProto theirs = file.getEnumTypeList().stream()
                .filter(one -> one.getName().equals(ours.getName()))
                .findFirst()
                .orElseThrow(() -> grown("enum " + ours.getName(), "there", "gone"));
        ours.getValueList()
                .forEach(value -> Violation.unless(
                        theirs.getValueList().stream()
                                .anyMatch(one ->
                                        one.getName().equals(value.getName()) && one.getNumber() == value.getNumber()),
                        "docs/protocol.md, Versions: nothing is renumbered, retyped or given another meaning",
                        "value " + value.getName(),
                        value.getNumber(),
                        "another, or none"));
    }

    /** Environment, lanes, and decisions: fields of the first day. */
    private static void leastClient(Trial trial) throws InterruptedException {
        Player player = trial.create(dev.macenv.v1.CreateSessionRequest.newBuilder()
                .setEnvironment(trial.environment())
                .setLanes(1));
        Violation.unlessEqual(
                "session.proto, CreateSessionRequest.gamma: absent: 1",
                "gamma",
                1.0,
                player.created().getGamma());
        Violation.unlessEqual(
                "session.proto, CreateSessionRequest.reset_mode: UNSPECIFIED: AUTO",
                "reset_mode",
                ResetMode.RESET_MODE_AUTO,
                player.created().getResetMode());
        Rows rows = player.collect();
        for (int i = 0; i < 20; i++) {
            rows = player.answer(rows);
        }
    }

    private static void laterMethod(Trial trial) {
        MethodDescriptor<StepRequest, StepRequest> later = MethodDescriptor.<StepRequest, StepRequest>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("macenv.v1.SessionService/OfALaterVersion")
                .setRequestMarshaller(ProtoUtils.marshaller(StepRequest.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(StepRequest.getDefaultInstance()))
                .build();
        try {
            ClientCalls.blockingUnaryCall(
                    trial.channel(), later, CallOptions.DEFAULT, StepRequest.getDefaultInstance());
            throw new Violation("gRPC", "a method that does not exist", Code.UNIMPLEMENTED, "an answer");
        } catch (StatusRuntimeException refusal) {
            Violation.unlessEqual(
                    "gRPC: an unknown method is UNIMPLEMENTED",
                    "the code",
                    Code.UNIMPLEMENTED,
                    refusal.getStatus().getCode());
        }
    }
}
