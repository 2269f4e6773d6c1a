package dev.macenv.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NamingRulesTest {

    @Test
    void theProtocolFollowsTheNamingRules() {
        assertThat(NamingRules.problems(Protocol.files())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everythingHasAComment(Path source) throws IOException {
        assertThat(NamingRules.uncommented(Files.readString(source))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void theCommentCheckSeesEveryDeclaration(Path source) throws IOException {
        String bare = Files.readString(source).replaceAll("(?m)^\\s*//.*$", "");

        assertThat(NamingRules.uncommented(bare))
                .hasSize(declarations(
                        Path.of(Protocol.SOURCES).relativize(source).toString()));
    }

    @Test
    void hotColumnsArePackedOrBytes() {
        assertThat(Stream.of(StepRequest.getDescriptor(), EventBatch.getDescriptor())
                        .map(Descriptor::getFields)
                        .flatMap(List::stream)
                        .filter(FieldDescriptor::isPackable)
                        .filter(field -> !field.isPacked()))
                .isEmpty();
    }

    @Test
    void badNamesAreFound() {
        FileDescriptorProto bad = FileDescriptorProto.newBuilder()
                .setName("elsewhere/bad.proto")
                .setPackage("bad.v1")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("lower_case")
                        .addField(FieldDescriptorProto.newBuilder().setName("camelCase")))
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("EventKind")
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("EVENT_KIND_START")
                                .setNumber(0))
                        .addValue(EnumValueDescriptorProto.newBuilder()
                                .setName("FAULT")
                                .setNumber(1)))
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("Catalog")
                        .addMethod(MethodDescriptorProto.newBuilder()
                                .setName("Get")
                                .setInputType(".bad.v1.Empty")
                                .setOutputType(".bad.v1.Empty")))
                .build();

        assertThat(NamingRules.problems(List.of(bad)))
                .satisfiesExactly(
                        file -> assertThat(file).contains("elsewhere"),
                        message -> assertThat(message).contains("lower_case"),
                        field -> assertThat(field).contains("camelCase"),
                        zero -> assertThat(zero).contains("EVENT_KIND_UNSPECIFIED"),
                        prefix -> assertThat(prefix).contains("FAULT"),
                        service -> assertThat(service).contains("suffix Service"),
                        request -> assertThat(request).contains("GetRequest"),
                        response -> assertThat(response).contains("GetResponse"),
                        shared -> assertThat(shared).contains("Empty: used by"));
    }

    private static Stream<Path> sources() {
        try (Stream<Path> sources = Files.walk(Path.of(Protocol.SOURCES))) {
            return sources.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Messages, fields, real oneofs, enums, values, services and methods of a file; map entries are no declarations.
     */
    private static int declarations(String name) {
        FileDescriptor file = Protocol.compiled().stream()
                .filter(f -> f.getName().equals(name))
                .findFirst()
                .orElseThrow();
        int count = 0;
        for (Descriptor message : file.getMessageTypes()) {
            count += 1 + message.getFields().size() + message.getRealOneofs().size();
        }
        count += file.getEnumTypes().stream()
                .mapToInt(type -> 1 + type.getValues().size())
                .sum();
        count += file.getServices().stream()
                .mapToInt(service -> 1 + service.getMethods().size())
                .sum();
        return count;
    }
}
