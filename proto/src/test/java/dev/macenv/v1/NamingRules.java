package dev.macenv.v1;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The naming rules of the protocol (those that the linter buf calls STANDARD), and the rule that everything has a
 * comment. Each method returns what is wrong, in words.
 */
final class NamingRules {

    /** Play shares its messages with Step on purpose: one code path, two transports. */
    private static final Set<String> MAY_SHARE_MESSAGES = Set.of("Play");

    private static final Pattern PASCAL = Pattern.compile("[A-Z][A-Za-z0-9]*");
    private static final Pattern SNAKE = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /** What a comment has to stand above; closing braces, options and imports need none. */
    private static final Pattern DECLARATION = Pattern.compile(
            "\\s*(?:(?:message|enum|service|oneof|rpc)\\s+(\\w+).*|(?!option|syntax|package|import|reserved)(?:[\\w.<>, ]+\\s)?(\\w+)\\s*=\\s*\\d+\\s*;.*)");

    private NamingRules() {}

    static List<String> problems(List<FileDescriptorProto> files) {
        List<String> problems = new ArrayList<>();
        Map<String, String> users = new HashMap<>();
        for (FileDescriptorProto file : files) {
            String directory = file.getPackage().replace('.', '/') + "/";
            if (!file.getName().startsWith(directory) || !file.getPackage().matches("[a-z]+(\\.[a-z]+)*\\.v[0-9]+")) {
                problems.add(file.getName() + ": package " + file.getPackage()
                        + " (expected: the directory, and a version as its last part)");
            }
            file.getMessageTypeList().forEach(message -> message(message, problems));
            file.getEnumTypeList().forEach(type -> enumeration(type, problems));
            file.getServiceList().forEach(service -> service(service, users, problems));
        }
        return problems;
    }

    private static void message(DescriptorProto message, List<String> problems) {
        require(PASCAL, message.getName(), problems);
        message.getFieldList().forEach(field -> require(SNAKE, field.getName(), problems));
        message.getOneofDeclList().stream()
                .filter(oneof -> !oneof.getName().startsWith("_"))
                .forEach(oneof -> require(SNAKE, oneof.getName(), problems));
        message.getEnumTypeList().forEach(type -> enumeration(type, problems));
        message.getNestedTypeList().forEach(nested -> message(nested, problems));
    }

    private static void enumeration(EnumDescriptorProto type, List<String> problems) {
        require(PASCAL, type.getName(), problems);
        String prefix = type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
        type.getValueList().forEach(value -> {
            if (!value.getName().startsWith(prefix) || !value.getName().matches("[A-Z][A-Z0-9_]*")) {
                problems.add(type.getName() + "." + value.getName() + " (expected: prefix " + prefix + ")");
            }
            if (value.getNumber() == 0 && !value.getName().equals(prefix + "UNSPECIFIED")) {
                problems.add(type.getName() + "." + value.getName() + " (expected: zero is " + prefix + "UNSPECIFIED)");
            }
        });
    }

    private static void service(ServiceDescriptorProto service, Map<String, String> users, List<String> problems) {
        require(PASCAL, service.getName(), problems);
        if (!service.getName().endsWith("Service")) {
            problems.add(service.getName() + " (expected: suffix Service)");
        }
        for (MethodDescriptorProto method : service.getMethodList()) {
            require(PASCAL, method.getName(), problems);
            if (!MAY_SHARE_MESSAGES.contains(method.getName())) {
                owned(method, method.getInputType(), "Request", users, problems);
                owned(method, method.getOutputType(), "Response", users, problems);
            }
        }
    }

    private static void owned(
            MethodDescriptorProto method,
            String type,
            String suffix,
            Map<String, String> users,
            List<String> problems) {
        String name = type.substring(type.lastIndexOf('.') + 1);
        if (!name.equals(method.getName() + suffix)) {
            problems.add(method.getName() + ": " + name + " (expected: " + method.getName() + suffix + ")");
        }
        String other = users.put(type, method.getName());
        if (other != null) {
            problems.add(name + ": used by " + other + " and " + method.getName() + " (expected: one method)");
        }
    }

    private static void require(Pattern pattern, String name, List<String> problems) {
        if (!pattern.matcher(name).matches()) {
            problems.add(name + " (expected: " + pattern + ")");
        }
    }

    /** Declarations of a source file without a comment directly above. */
    static List<String> uncommented(String source) {
        List<String> names = new ArrayList<>();
        String previous = "";
        for (String line : source.lines().toList()) {
            Matcher declaration = DECLARATION.matcher(line);
            if (!line.strip().startsWith("//")
                    && declaration.matches()
                    && !previous.strip().startsWith("//")) {
                names.add(declaration.group(1) != null ? declaration.group(1) : declaration.group(2));
            }
            previous = line;
        }
        return names;
    }
}
