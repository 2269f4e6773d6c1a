package dev.macenv.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may import what. The packages and the reasons stand in docs/architecture.md. */
final class ArchitectureTest {
    private static final JavaClasses PROJECT = new ClassFileImporter()
            .withImportOption(
                    location -> Stream.of("test-classes", "-tests.jar", "/dev/macenv/v1/", "/dev/macenv/host/v1/")
                            .noneMatch(location::contains))
            .importPackages("dev.macenv");

    private static final String[] LEARNING = {
        "dev.macenv.avf.experience..",
        "dev.macenv.avf.engine..",
        "dev.macenv.avf.nn..",
        "dev.macenv.avf.mixer..",
        "dev.macenv.avf.loss..",
        "dev.macenv.avf.algorithm.."
    };

    private static JavaClasses offences = PROJECT;

    /** Compiles the offences, all at once; what they refer to comes from the class path. */
    @BeforeAll
    static void compileOffences(@TempDir Path directory) throws IOException {
        Map<String, String> sources = new HashMap<>();
        rules().forEach(rule -> sources.putAll(rule.offence()));
        Path classes = directory.resolve("classes");
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = directory.resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).as("javac's exit status").isZero();
        offences = new ClassFileImporter().importPath(classes);
    }

    static Stream<Rule> rules() {
        return Stream.of(
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage("dev.macenv.avf..", "dev.macenv.client..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("dev.macenv.env..", "dev.macenv.server..")
                                .because("environments are reached through the protocol alone"),
                        "dev.macenv.avf.experiment.ImportsAnEnvironment",
                        "dev.macenv.env.EnvironmentSpec spec;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage("dev.macenv.env..", "dev.macenv.server..")
                                .and()
                                .resideOutsideOfPackage("dev.macenv.server.cli..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("dev.macenv.client..", "dev.macenv.avf..")
                                .because("a server knows nothing of who plays on it; its command line may be a client"),
                        "dev.macenv.server.session.ServerAsClient",
                        "dev.macenv.client.EnvironmentClient client;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(
                                        "dev.macenv.server.rpc..",
                                        "dev.macenv.server.host..",
                                        "dev.macenv.server.cli..",
                                        "dev.macenv.client.rpc..",
                                        "dev.macenv.conform..",
                                        "dev.macenv.examples..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "io.grpc..", "com.google.protobuf..", "dev.macenv.v1..", "dev.macenv.host.v1..")
                                .because("the wire format stays at the edge"),
                        "dev.macenv.server.session.SessionWithGrpc",
                        "io.grpc.Status status;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAPackage("dev.macenv.conform..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "dev.macenv.server..",
                                        "dev.macenv.env..",
                                        "dev.macenv.client..",
                                        "dev.macenv.avf..")
                                .because("who judges any server by the wire knows none"),
                        "dev.macenv.conform.JudgeWithClient",
                        "dev.macenv.client.EnvironmentClient client;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAPackage("dev.macenv..")
                                .and()
                                .resideOutsideOfPackages("dev.macenv.avf.engine..", "dev.macenv.avf.export..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "org.nd4j..", "onnx..", "org.deeplearning4j..", "jdk.incubator.vector..")
                                .because(
                                        "networks are written once, against the Engine SPI; those that leave the program"
                                                + " are SameDiff's graphs and ONNX's messages, both of which come with ND4J"),
                        "dev.macenv.avf.nn.NetworkWithNd4j",
                        "org.nd4j.linalg.api.ndarray.INDArray array;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAPackage("dev.macenv.env..")
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage("dev.macenv..").and(not(resideInAPackage("dev.macenv.env.."))))
                                .because("an environment knows nothing of sessions, of the wire or of learners"),
                        "dev.macenv.env.boxpushing.EnvironmentWithCatalog",
                        "dev.macenv.server.catalog.Catalog catalog;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage("dev.macenv.env..", "dev.macenv.server..")
                                .and()
                                .resideOutsideOfPackages("dev.macenv.env.render..", "dev.macenv.server.cli..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("java.awt..", "javax.imageio..")
                                .because("an environment says what there is to see, not how it is drawn"),
                        "dev.macenv.env.boxpushing.EnvironmentWithPixels",
                        "java.awt.Graphics2D graphics;"),
                Rule.brokenBy(
                                slices().matching("dev.macenv.env.(*)..")
                                        .namingSlices("domain $1")
                                        .should()
                                        .notDependOnEachOther()
                                        .ignoreDependency(
                                                resideInAPackage("dev.macenv.env.."),
                                                resideInAPackage("dev.macenv.env.macro..")
                                                        .or(resideInAPackage("dev.macenv.env.scene.."))),
                                "dev.macenv.env.boxpushing.DomainOfDomain",
                                "dev.macenv.env.warehouse.DomainOfDomainOther other;")
                        .and("dev.macenv.env.warehouse.DomainOfDomainOther", ""),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage(
                                        "dev.macenv.avf.experience..",
                                        "dev.macenv.avf.nn..",
                                        "dev.macenv.avf.mixer..",
                                        "dev.macenv.avf.loss..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.macenv.avf.algorithm..")
                                .because("algorithms are put together from these parts"),
                        "dev.macenv.avf.mixer.MixerWithLearner",
                        "dev.macenv.avf.algorithm.Learner learner;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage(LEARNING)
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "dev.macenv.avf.experiment..",
                                        "dev.macenv.avf.report..",
                                        "dev.macenv.avf.metric..",
                                        "dev.macenv.client..")
                                .because("a learner sees episodes, not where they come from"),
                        "dev.macenv.avf.algorithm.LearnerWithClient",
                        "dev.macenv.client.EnvironmentClient client;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAPackage("dev.macenv.avf.experience..")
                                .should()
                                .dependOnClassesThat(resideInAPackage("dev.macenv..")
                                        .and(not(resideInAPackage("dev.macenv.avf.experience.."))))
                                .because("experience is plain arrays"),
                        "dev.macenv.avf.experience.ExperienceWithMatrix",
                        "dev.macenv.avf.engine.Matrix matrix;"),
                Rule.brokenBy(
                                noClasses()
                                        .that()
                                        .resideOutsideOfPackage("..cli..")
                                        .should()
                                        .dependOnClassesThat()
                                        .resideInAPackage("dev.macenv..cli..")
                                        .because("a command line is where a program begins, not a library"),
                                "dev.macenv.avf.experiment.ImportsCommandLine",
                                "dev.macenv.avf.cli.SomeCommand command;")
                        .and("dev.macenv.avf.cli.SomeCommand", ""),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAnyPackage(LEARNING)
                                .or()
                                .resideInAPackage("dev.macenv.env..")
                                .should()
                                .callCodeUnitWhere(readsClockOrUnseededRandomness())
                                .because("the same seed gives the same bytes"),
                        "dev.macenv.avf.nn.UnseededNetwork",
                        "java.util.random.RandomGenerator random = new java.util.SplittableRandom();"),
                Rule.brokenBy(
                                slices().matching("dev.macenv.(**)").should().beFreeOfCycles(),
                                "dev.macenv.server.catalog.Cyclic",
                                "dev.macenv.server.session.CyclicOther other;")
                        .and("dev.macenv.server.session.CyclicOther", "dev.macenv.server.catalog.Cyclic offence;"),
                Rule.brokenBy(
                        noClasses()
                                .that()
                                .resideInAPackage("dev.macenv..")
                                .should()
                                .haveNameMatching(
                                        ".*\\.([A-Z]\\w*(Manager|Helper|Helpers|Util|Utils|Impl)|(Abstract|Base|I)[A-Z]\\w*)")
                                .because("a name says what a thing is"),
                        "dev.macenv.avf.experiment.RunManager",
                        ""),
                Rule.brokenBy(
                        classes().that().resideInAPackage("dev.macenv..").should(resideInANullMarkedPackage()),
                        "dev.macenv.avf.undocumented.Undocumented",
                        ""));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(Rule rule) {
        rule.rule().check(PROJECT);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void catchesItsOffence(Rule rule) {
        JavaClasses offence = offences.that(DescribedPredicate.describe(
                "offend against this rule", offender -> rule.offence().containsKey(offender.getName())));

        assertThat(rule.rule().evaluate(offence).hasViolation())
                .as("violation by %s", rule.offence())
                .isTrue();
    }

    private static DescribedPredicate<JavaCall<?>> readsClockOrUnseededRandomness() {
        String unseeded = "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(\\)"
                + "|java\\.lang\\.(Strict)?Math\\.random\\(\\)"
                + "|java\\.time\\..*\\.now\\(.*\\)|java\\.time\\.Clock\\.(system|tick).*"
                + "|java\\.util\\.(Random|SplittableRandom)\\.<init>\\(\\)"
                + "|java\\.util\\.concurrent\\.ThreadLocalRandom\\..*|java\\.security\\.SecureRandom\\..*"
                + "|java\\.util\\.UUID\\.randomUUID\\(\\)|java\\.util\\.Collections\\.shuffle\\(java\\.util\\.List\\)"
                + "|java\\.util\\.random\\.RandomGenerator\\.(of|getDefault)\\(.*\\)"
                + "|java\\.util\\.random\\.RandomGeneratorFactory\\.create\\(\\)";
        return DescribedPredicate.describe(
                "reads the clock or unseeded randomness",
                call -> call.getTarget().getFullName().matches(unseeded));
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info.java says @NullMarked and what it is for") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(item, marked, item.getDescription() + " has no such package-info"));
            }
        };
    }
}
