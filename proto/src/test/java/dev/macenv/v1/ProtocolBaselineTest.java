package dev.macenv.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The protocol keeps its shape. A change that breaks others fails here; one that only adds has to be frozen as well, by
 *
 * <pre>{@code mvn -pl proto test -Dmacenv.baseline=refresh}</pre>
 *
 * <p>which refuses to freeze a break. A break belongs into a new package, {@code macenv.v2}, served beside this one.
 */
class ProtocolBaselineTest {

    private static final Path BASELINE = Path.of("src/test/resources/macenv.v1.shape.txt");
    private static final String HEAD = """
            # The frozen shape of macenv.v1; see ProtocolBaselineTest. Refresh after additions:
            # mvn -pl proto test -Dmacenv.baseline=refresh
            """;

    @Test
    void theProtocolHasItsFrozenShape() throws IOException {
        ProtocolShape now = ProtocolShape.of(Protocol.files());
        ProtocolShape frozen = ProtocolShape.parse(Files.readString(BASELINE));

        assertThat(now.breaksOf(frozen)).as("breaking changes").isEmpty();

        if ("refresh".equals(System.getProperty("macenv.baseline"))) {
            Files.writeString(BASELINE, HEAD + now.text());
        }
        assertThat(Files.readString(BASELINE))
                .as("additions must be frozen too: mvn -pl proto test -Dmacenv.baseline=refresh")
                .isEqualTo(HEAD + now.text());
    }

    @Test
    void everyFileIsFrozen() throws IOException {
        Path root = Path.of(Protocol.SOURCES);
        try (var sources = Files.walk(root)) {
            assertThat(sources.filter(Files::isRegularFile)
                            .map(path -> root.relativize(path).toString()))
                    .containsExactlyInAnyOrderElementsOf(Protocol.files().stream()
                            .map(FileDescriptorProto::getName)
                            .toList());
        }
    }

    @Test
    void removingAFieldBreaks() {
        assertThat(breaksAfterMessage("StepRequest", m -> m.removeField(indexOf(m, "step_id"))))
                .containsExactly("removed: field macenv.v1.StepRequest 003 : step_id uint64");
    }

    @Test
    void removingAFieldWithOnlyItsNumberReservedBreaks() {
        assertThat(breaksAfterMessage(
                        "StepRequest",
                        m -> m.removeField(indexOf(m, "step_id"))
                                .addReservedRange(DescriptorProto.ReservedRange.newBuilder()
                                        .setStart(3)
                                        .setEnd(4))))
                .hasSize(1);
    }

    @Test
    void removingAFieldWhoseNumberAndNameAreReservedPasses() {
        assertThat(breaksAfterMessage(
                        "StepRequest",
                        m -> m.removeField(indexOf(m, "step_id"))
                                .addReservedRange(DescriptorProto.ReservedRange.newBuilder()
                                        .setStart(3)
                                        .setEnd(4))
                                .addReservedName("step_id")))
                .isEmpty();
    }

    @Test
    void renumberingAFieldBreaks() {
        assertThat(breaksAfterField("StepRequest", "max_ticks", f -> f.setNumber(19)))
                .singleElement()
                .asString()
                .startsWith("removed: field macenv.v1.StepRequest 009");
    }

    @Test
    void retypingAFieldBreaks() {
        assertThat(breaksAfterField("EventBatch", "joint_reward", f -> f.setType(FieldDescriptorProto.Type.TYPE_FLOAT)))
                .singleElement()
                .asString()
                .startsWith("changed: field macenv.v1.EventBatch 008");
    }

    @Test
    void relabellingAFieldBreaks() {
        assertThat(breaksAfterField("EventBatch", "rows", f -> f.setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)))
                .hasSize(1);
    }

    @Test
    void renamingAFieldBreaks() {
        assertThat(breaksAfterField("EventBatch", "rows", f -> f.setName("row_count")))
                .hasSize(1);
    }

    @Test
    void takingPresenceFromAFieldBreaks() {
        assertThat(breaksAfterField(
                        "CreateSessionRequest",
                        "gamma",
                        f -> f.clearProto3Optional().clearOneofIndex()))
                .hasSize(1);
    }

    @Test
    void movingAFieldOutOfItsOneofBreaks() {
        assertThat(breaksAfterField("RestoreRequest", "snapshot_id", FieldDescriptorProto.Builder::clearOneofIndex))
                .hasSize(1);
    }

    @Test
    void unpackingAHotColumnBreaks() {
        assertThat(breaksAfterField(
                        "StepRequest", "lane", f -> f.getOptionsBuilder().setPacked(false)))
                .hasSize(1);
    }

    @Test
    void removingAMessageBreaks() {
        assertThat(breaksAfter("event.proto", file -> file.removeMessageType(messageIndex(file, "LaneFault"))))
                .isNotEmpty();
    }

    @Test
    void removingAnEnumValueBreaks() {
        assertThat(breaksAfterEnum("EventKind", e -> e.removeValue(6)))
                .containsExactly("removed: value macenv.v1.EventKind 006 : EVENT_KIND_FAULT");
    }

    @Test
    void renumberingAnEnumValueBreaks() {
        assertThat(breaksAfterEnum("EventKind", e -> e.getValueBuilder(6).setNumber(7)))
                .hasSize(1);
    }

    @Test
    void removingAMethodBreaks() {
        assertThat(breaksAfterService(s -> s.removeMethod(methodIndex(s, "Reset"))))
                .containsExactly("removed: method macenv.v1.SessionService/Reset : "
                        + "macenv.v1.ResetRequest returns macenv.v1.ResetResponse");
    }

    @Test
    void changingAMethodBreaks() {
        assertThat(breaksAfterService(
                        s -> s.getMethodBuilder(methodIndex(s, "Step")).setServerStreaming(true)))
                .hasSize(1);
        assertThat(breaksAfterService(
                        s -> s.getMethodBuilder(methodIndex(s, "Step")).setInputType(".macenv.v1.ResetRequest")))
                .hasSize(1);
    }

    @Test
    void movingToAnotherPackageBreaks() {
        assertThat(breaksAfter("error.proto", file -> file.setPackage("macenv.v2")))
                .isNotEmpty();
        assertThat(breaksAfter("error.proto", file -> file.getOptionsBuilder().setJavaPackage("elsewhere")))
                .hasSize(1);
    }

    @Test
    void takingBackAReservationBreaks() {
        ProtocolShape reserved = ProtocolShape.of(changed(
                "event.proto",
                file -> file.getMessageTypeBuilder(0)
                        .addReservedName("old")
                        .addReservedRange(DescriptorProto.ReservedRange.newBuilder()
                                .setStart(99)
                                .setEnd(100))));
        assertThat(ProtocolShape.of(Protocol.files()).breaksOf(reserved)).hasSize(2);
    }

    @Test
    void additionsPass() {
        assertThat(breaksAfterMessage(
                        "StepRequest",
                        m -> m.addField(FieldDescriptorProto.newBuilder()
                                .setName("hint")
                                .setNumber(99)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setType(FieldDescriptorProto.Type.TYPE_STRING))))
                .isEmpty();
        assertThat(breaksAfterEnum(
                        "EventKind",
                        e -> e.addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("EVENT_KIND_NEW")
                                .setNumber(99))))
                .isEmpty();
        assertThat(breaksAfterService(s -> s.addMethod(MethodDescriptorProto.newBuilder()
                        .setName("Ask")
                        .setInputType(".macenv.v1.StepRequest")
                        .setOutputType(".macenv.v1.StepResponse"))))
                .isEmpty();
        assertThat(breaksAfter(
                        "event.proto",
                        file -> file.addMessageType(DescriptorProto.newBuilder().setName("New"))))
                .isEmpty();
    }

    private static List<String> breaksAfter(String file, Consumer<FileDescriptorProto.Builder> change) {
        return ProtocolShape.of(changed(file, change)).breaksOf(ProtocolShape.of(Protocol.files()));
    }

    private static List<FileDescriptorProto> changed(String file, Consumer<FileDescriptorProto.Builder> change) {
        List<FileDescriptorProto> files = new ArrayList<>();
        for (FileDescriptorProto original : Protocol.files()) {
            FileDescriptorProto.Builder copy = original.toBuilder();
            if (original.getName().equals("macenv/v1/" + file)) {
                change.accept(copy);
            }
            files.add(copy.build());
        }
        return files;
    }

    private static List<String> breaksAfterMessage(String message, Consumer<DescriptorProto.Builder> change) {
        String file = Protocol.files().stream()
                .filter(f -> messageIndex(f.toBuilder(), message) >= 0)
                .findFirst()
                .orElseThrow()
                .getName();
        return breaksAfter(
                file.substring("macenv/v1/".length()),
                f -> change.accept(f.getMessageTypeBuilder(messageIndex(f, message))));
    }

    private static List<String> breaksAfterField(
            String message, String field, Consumer<FieldDescriptorProto.Builder> change) {
        return breaksAfterMessage(message, m -> change.accept(m.getFieldBuilder(indexOf(m, field))));
    }

    private static List<String> breaksAfterEnum(String name, Consumer<EnumDescriptorProto.Builder> change) {
        return breaksAfter("event.proto", file -> {
            for (int i = 0; i < file.getEnumTypeCount(); i++) {
                if (file.getEnumType(i).getName().equals(name)) {
                    change.accept(file.getEnumTypeBuilder(i));
                }
            }
        });
    }

    private static List<String> breaksAfterService(Consumer<ServiceDescriptorProto.Builder> change) {
        return breaksAfter("session.proto", file -> change.accept(file.getServiceBuilder(0)));
    }

    private static int messageIndex(FileDescriptorProto.Builder file, String name) {
        for (int i = 0; i < file.getMessageTypeCount(); i++) {
            if (file.getMessageType(i).getName().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static int indexOf(DescriptorProto.Builder message, String field) {
        for (int i = 0; i < message.getFieldCount(); i++) {
            if (message.getField(i).getName().equals(field)) {
                return i;
            }
        }
        throw new AssertionError("field: " + field);
    }

    private static int methodIndex(ServiceDescriptorProto.Builder service, String name) {
        for (int i = 0; i < service.getMethodCount(); i++) {
            if (service.getMethod(i).getName().equals(name)) {
                return i;
            }
        }
        throw new AssertionError("method: " + name);
    }
}
