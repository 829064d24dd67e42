package io.jenkins.plugins.consuldeploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * Holds the arrows between the packages: each room names the rooms that it may know, and nothing else of ours.
 *
 * <p>Both builds run it. The standalone one does not see {@code jenkins}, the plugin's does not see {@code agent} and
 * {@code cli}; together they see all.
 */
public class ArchitectureTest {
    private static final String BASE = "io.jenkins.plugins.consuldeploy";

    private static final String[] BELOW_THE_RELEASES = {
        "time", "process", "consul", "phase", "event", "fleet", "balancer", "health", "notify", "journal"
    };

    /** From the bottom to the top. A room may know only rooms that stand before it. */
    private static final List<Room> ROOMS = List.of(
            room("time"),
            room("process"),
            room("consul", "time"),
            room("phase", "time", "consul"),
            room("event", "time", "process", "consul", "phase"),
            room("fleet", "time", "process", "consul", "event"),
            room("balancer", "time", "consul", "fleet"),
            room("health", "time", "consul", "event", "fleet"),
            room("notify", "time"),
            room("journal", "time", "consul", "phase", "notify"),
            room("registry"),
            room("traffic", BELOW_THE_RELEASES),
            room("rolling", BELOW_THE_RELEASES),
            room("bluegreen", BELOW_THE_RELEASES).and("traffic"),
            room("spec", BELOW_THE_RELEASES).and("rolling", "traffic", "bluegreen"),
            room("agent", "time", "process", "consul", "phase"),
            room("cli", BELOW_THE_RELEASES).and("rolling", "traffic", "bluegreen", "spec", "agent"),
            room("jenkins", BELOW_THE_RELEASES).and("rolling", "traffic", "bluegreen", "spec", "registry"));

    private static final List<Library> LIBRARIES = List.of(
            library(List.of("com.ecwid.."), "consul"),
            // The last hands in the credentials that it keeps.
            library(List.of("software.amazon.."), "fleet", "balancer", "traffic", "jenkins"),
            library(List.of("jakarta.mail..", "org.eclipse.angus.."), "notify"),
            library(List.of("picocli..", "org.snakeyaml.."), "agent", "cli"),
            library(
                    List.of(
                            "hudson..",
                            "jenkins..",
                            "org.kohsuke..",
                            "org.jenkinsci..",
                            "com.cloudbees..",
                            "io.jenkins.plugins.casc.."),
                    "jenkins"));

    private static JavaClasses ours;

    private record Room(String name, Set<String> knows) {
        Room and(String... more) {
            return new Room(
                    name,
                    Stream.concat(knows.stream(), Stream.of(more)).collect(Collectors.toCollection(TreeSet::new)));
        }

        String[] mayNotKnow() {
            return packages(
                    ROOMS.stream().map(Room::name).filter(other -> !other.equals(name) && !knows.contains(other)));
        }
    }

    private record Library(List<String> packages, Set<String> rooms) {}

    private static Room room(String name, String... knows) {
        return new Room(name, new TreeSet<>(List.of(knows)));
    }

    private static Library library(List<String> packages, String... rooms) {
        return new Library(packages, new TreeSet<>(List.of(rooms)));
    }

    private static String[] packages(Stream<String> rooms) {
        return rooms.map(room -> BASE + "." + room + "..").toArray(String[]::new);
    }

    @BeforeClass
    public static void readTheClasses() {
        ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(new ImportOption.DoNotIncludeJars())
                .importPackages(BASE);
        assertThat(ours).as("classes of %s", BASE).isNotEmpty();
    }

    @Test
    public void everyRoomKnowsOnlyTheRoomsThatItMay() {
        List<String> breaches = ROOMS.stream()
                .flatMap(room -> breaches(
                        room.name() + " may know only " + room.knows(),
                        noClasses()
                                .that()
                                .resideInAPackage(BASE + "." + room.name() + "..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(room.mayNotKnow())))
                .toList();
        assertThat(breaches).isEmpty();
    }

    @Test
    public void everyLibraryStaysInItsRooms() {
        List<String> breaches = LIBRARIES.stream()
                .flatMap(library -> breaches(
                        library.packages() + " are for " + library.rooms() + " alone",
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(packages(library.rooms().stream()))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(library.packages().toArray(String[]::new))))
                .toList();
        assertThat(breaches).isEmpty();
    }

    private static Stream<String> breaches(String says, ArchRule rule) {
        return rule.allowEmptyShould(true).evaluate(ours).getFailureReport().getDetails().stream()
                .map(breach -> says + ": " + breach);
    }

    @Test
    public void everyClassLivesInARoom() {
        classes()
                .should()
                .resideInAnyPackage(packages(ROOMS.stream().map(Room::name)))
                .check(ours);
    }

    @Test
    public void noTwoRoomsKnowEachOther() {
        slices().matching(BASE + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(ours);
    }

    @Test
    public void arrowsPointDownOnly() {
        List<String> order = ROOMS.stream().map(Room::name).toList();
        for (Room room : ROOMS) {
            assertThat(order.subList(0, order.indexOf(room.name())))
                    .as("rooms before %s", room.name())
                    .containsAll(room.knows());
        }
    }
}
