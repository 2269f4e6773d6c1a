package dev.macenv.v1;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything of a protocol that others depend on, as sorted lines of text {@code key : meaning}. Two protocols are
 * compatible if every line of the older is in the newer, except that a field or enum value may go if its number and its
 * name are reserved for ever.
 */
final class ProtocolShape {

    private final Map<String, String> lines;

    private ProtocolShape(Map<String, String> lines) {
        this.lines = lines;
    }

    static ProtocolShape of(List<FileDescriptorProto> files) {
        ProtocolShape shape = new ProtocolShape(new TreeMap<>());
        files.forEach(shape::addFile);
        return shape;
    }

    static ProtocolShape parse(String text) {
        Map<String, String> lines = new TreeMap<>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            int colon = line.indexOf(" : ");
            lines.put(line.substring(0, colon), line.substring(colon + 3));
        });
        return new ProtocolShape(lines);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        lines.forEach(
                (key, meaning) -> text.append(key).append(" : ").append(meaning).append('\n'));
        return text.toString();
    }

    /** What breaks for those who rely on the older shape; empty if nothing does. */
    List<String> breaksOf(ProtocolShape older) {
        List<String> breaks = new ArrayList<>();
        for (Map.Entry<String, String> line : older.lines.entrySet()) {
            String key = line.getKey();
            String now = lines.get(key);
            if (now == null && !isReserved(key, line.getValue())) {
                breaks.add("removed: " + key + " : " + line.getValue());
            } else if (now != null && !now.equals(line.getValue())) {
                breaks.add("changed: " + key + " : " + line.getValue() + "  =>  " + now);
            }
        }
        return breaks;
    }

    /** A line {@code field|value OWNER NUMBER : NAME ...} whose number and name may never be used again. */
    private boolean isReserved(String key, String meaning) {
        String[] words = key.split(" ", -1);
        if (!words[0].equals("field") && !words[0].equals("value")) {
            return false;
        }
        String name = meaning.split(" ", 2)[0];
        return lines.containsKey("reserved " + words[1] + " " + words[2])
                && lines.containsKey("reserved " + words[1] + " " + name);
    }

    private void addFile(FileDescriptorProto file) {
        String scope = file.getPackage();
        lines.put(
                "file " + file.getName(),
                file.getSyntax() + " package " + scope + " java "
                        + file.getOptions().getJavaPackage() + " "
                        + file.getOptions().getJavaOuterClassname() + " multiple_files "
                        + file.getOptions().getJavaMultipleFiles());
        file.getMessageTypeList().forEach(message -> addMessage(scope, message));
        file.getEnumTypeList().forEach(type -> addEnum(scope, type));
        file.getServiceList().forEach(service -> addService(scope, service));
    }

    private void addMessage(String scope, DescriptorProto message) {
        String name = scope + "." + message.getName();
        lines.put("message " + name, message.getOptions().getMapEntry() ? "map entry" : "message");
        message.getFieldList()
                .forEach(
                        field -> lines.put("field " + name + " " + padded(field.getNumber()), meaning(message, field)));
        message.getReservedRangeList().forEach(range -> {
            for (int number = range.getStart(); number < range.getEnd(); number++) {
                lines.put("reserved " + name + " " + padded(number), "number");
            }
        });
        message.getReservedNameList().forEach(reserved -> lines.put("reserved " + name + " " + reserved, "name"));
        message.getNestedTypeList().forEach(nested -> addMessage(name, nested));
        message.getEnumTypeList().forEach(type -> addEnum(name, type));
    }

    private static String meaning(DescriptorProto message, FieldDescriptorProto field) {
        StringBuilder text = new StringBuilder(field.getName()).append(' ');
        if (field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED) {
            text.append("repeated ");
        }
        if (field.getProto3Optional()) {
            text.append("optional ");
        }
        boolean named = field.getType() == FieldDescriptorProto.Type.TYPE_MESSAGE
                || field.getType() == FieldDescriptorProto.Type.TYPE_ENUM;
        text.append(named ? field.getTypeName().substring(1) : lower(field.getType()));
        if (field.hasOneofIndex() && !field.getProto3Optional()) {
            text.append(" oneof ")
                    .append(message.getOneofDecl(field.getOneofIndex()).getName());
        }
        if (field.getOptions().hasPacked()) {
            text.append(" packed=").append(field.getOptions().getPacked());
        }
        return text.toString();
    }

    private void addEnum(String scope, EnumDescriptorProto type) {
        String name = scope + "." + type.getName();
        lines.put("enum " + name, "enum");
        for (EnumValueDescriptorProto value : type.getValueList()) {
            lines.put("value " + name + " " + padded(value.getNumber()), value.getName());
        }
        type.getReservedRangeList().forEach(range -> {
            for (int number = range.getStart(); number <= range.getEnd(); number++) {
                lines.put("reserved " + name + " " + padded(number), "number");
            }
        });
        type.getReservedNameList().forEach(reserved -> lines.put("reserved " + name + " " + reserved, "name"));
    }

    private void addService(String scope, ServiceDescriptorProto service) {
        String name = scope + "." + service.getName();
        lines.put("service " + name, "service");
        for (MethodDescriptorProto method : service.getMethodList()) {
            lines.put(
                    "method " + name + "/" + method.getName(),
                    (method.getClientStreaming() ? "stream " : "")
                            + method.getInputType().substring(1) + " returns "
                            + (method.getServerStreaming() ? "stream " : "")
                            + method.getOutputType().substring(1));
        }
    }

    private static String padded(int number) {
        return String.format(Locale.ROOT, "%03d", number);
    }

    private static String lower(FieldDescriptorProto.Type type) {
        return type.name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
    }
}
