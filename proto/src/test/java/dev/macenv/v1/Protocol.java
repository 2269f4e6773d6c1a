package dev.macenv.v1;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.macenv.host.v1.HostProto;
import java.util.List;

/** The files of the protocol, as compiled and as written. */
final class Protocol {

    static final String SOURCES = "src/main/protobuf";

    private Protocol() {}

    static List<FileDescriptor> compiled() {
        return List.of(
                CatalogProto.getDescriptor(),
                ErrorProto.getDescriptor(),
                EventProto.getDescriptor(),
                RecordingProto.getDescriptor(),
                SessionProto.getDescriptor(),
                SpecProto.getDescriptor(),
                HostProto.getDescriptor());
    }

    static List<FileDescriptorProto> files() {
        return compiled().stream().map(FileDescriptor::toProto).toList();
    }
}
