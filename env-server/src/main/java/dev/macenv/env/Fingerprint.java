package dev.macenv.env;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The canonical text of a spec, one fact per line, and its hash. Numbers are written as the bits of a double, so that no formatting rule matters. */
final class Fingerprint {

    private Fingerprint() {}

    static String of(EnvironmentSpec spec) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(canonicalText(spec).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    static String canonicalText(EnvironmentSpec spec) {
        StringBuilder text = new StringBuilder("macenv-spec 1\n");
        line(text, "id", spec.id());
        line(text, "version", spec.version());
        line(text, "horizon", spec.horizon());
        line(text, "deterministic", spec.deterministic());
        line(text, "maxMacroTicks", spec.maxMacroTicks());
        for (AgentSpec agent : spec.agents()) {
            line(text, "agent", agent.name());
            for (MacroActionSpec macroAction : agent.macroActions()) {
                line(text, "macroAction", macroAction.name());
                line(text, "ticks", macroAction.minTicks() + " " + macroAction.maxTicks());
                line(text, "primitive", macroAction.primitive());
            }
            vector(text, "observation", agent.observation());
        }
        vector(text, "state", spec.state());
        spec.settings().forEach((name, value) -> line(text, "setting", name + " " + bits(value)));
        return text.toString();
    }

    private static void vector(StringBuilder text, String what, VectorSpec vector) {
        for (Label label : vector.labels()) {
            line(text, what, label.name() + " " + label.size() + " " + bits(label.low()) + " " + bits(label.high()));
        }
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    private static Object bits(Object value) {
        return value instanceof Double number ? Long.toHexString(Double.doubleToLongBits(number)) : value;
    }
}
