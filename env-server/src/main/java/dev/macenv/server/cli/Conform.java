package dev.macenv.server.cli;

import dev.macenv.conform.Conformance;
import dev.macenv.conform.Group;
import dev.macenv.conform.JunitXml;
import dev.macenv.conform.Outcome;
import dev.macenv.conform.Report;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code macenv conform --target HOST:PORT}: whether a server, whosoever's it is, keeps the protocol. */
@Command(
        name = "conform",
        description = {
            "Try whether a server keeps the protocol macenv.v1, from outside and whoever wrote it.",
            "It opens as many sessions as the server allows and provokes every error: not for a server in use.",
            "Exit codes: 0 everything asked for ran and passed, 1 something failed, 2 wrong usage,"
                    + " 3 nothing failed, but something was skipped."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv conform --target localhost:50051",
            "  macenv conform --target localhost:50051 --env bp-6 --env wtd-s --groups 1,2,6",
            "  macenv conform --target unix:/run/macenv.sock --junit conform.xml",
            "  macenv conform --list"
        })
final class Conform implements Callable<Integer> {
    private static final int CONFORMS = 0;
    private static final int FAILED = 1;
    private static final int SKIPPED = 3;

    @Spec
    private @Nullable CommandSpec command;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private What what = new What();

    /** Either a server, or only the list. */
    private static final class What {
        @Option(names = "--list", description = "Say what there is to try, and try nothing.")
        private boolean list;

        @ArgGroup(exclusive = false)
        private @Nullable TargetFlags target;
    }

    @Option(
            names = "--env",
            paramLabel = "ID",
            description = "An environment to try, may be repeated. Default: all that the server lists.")
    private List<String> environments = List.of();

    @Option(
            names = "--groups",
            split = ",",
            paramLabel = "N",
            description = "Numbers of the groups to try. Default: all 12.")
    private List<Integer> groups = List.of();

    @Option(names = "--seed", description = "What is chosen by lot follows from it. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write a report in JUnit's XML format.")
    private Optional<Path> junit = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Descriptions.out(command);
        List<Group> chosen = chosenGroups();
        TargetFlags target = what.target;
        if (what.list || target == null) {
            list(chosen, out);
            return CONFORMS;
        }
        Conformance conformance = new Conformance(target.chosen(), seed);
        Report report;
        try {
            List<String> ids = environments.isEmpty() ? conformance.environments() : environments;
            report = conformance.run(chosen, ids, outcome -> tell(outcome, out));
        } catch (StatusRuntimeException e) {
            Descriptions.err(command).println("the server does not say what it is: " + e.getMessage());
            return FAILED;
        }
        out.println(report.summary());
        if (junit.isPresent()) {
            Files.writeString(junit.orElseThrow(), JunitXml.of(report));
        }
        if (!report.of(Outcome.Verdict.FAILED).isEmpty()) {
            return FAILED;
        }
        return report.conforms() ? CONFORMS : SKIPPED;
    }

    private List<Group> chosenGroups() {
        Set<Group> chosen = new TreeSet<>();
        for (int number : groups) {
            chosen.add(Arrays.stream(Group.values())
                    .filter(group -> group.number() == number)
                    .findFirst()
                    .orElseThrow(() -> new Macenv.UsageException(
                            "--groups: " + number + " (expected: 1 to " + Group.values().length + ")")));
        }
        return chosen.isEmpty() ? Arrays.asList(Group.values()) : List.copyOf(chosen);
    }

    private static void list(List<Group> groups, PrintWriter out) {
        for (Group group : groups) {
            out.println(group.number() + "  " + group.title());
            group.names().forEach(name -> out.println("     " + name));
        }
    }

    private static void tell(Outcome outcome, PrintWriter out) {
        String word = switch (outcome.verdict()) {
            case PASSED -> "ok      ";
            case FAILED -> "FAILED  ";
            case SKIPPED -> "skipped ";
        };
        out.println(word + outcome.title());
        if (!outcome.detail().isEmpty()) {
            out.println("        " + outcome.detail().replace("\n", "\n        "));
        }
    }
}
