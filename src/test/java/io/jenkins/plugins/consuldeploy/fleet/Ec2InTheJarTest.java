package io.jenkins.plugins.consuldeploy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;

/**
 * The runnable jar has a twentieth of EC2's client, because the agent on each host carries it too: what DescribeInstances needs. This
 * holds the list in standalone/pom.xml against what is called, so that nothing is missing there that is here.
 */
public class Ec2InTheJarTest {

    private static final String EC2 = "software/amazon/awssdk/services/ec2/";
    private static final Pattern NAME = Pattern.compile(EC2 + "[\\w/$]+");
    /** An interceptor of every call looks whether it is CopySnapshot's. */
    private static final Set<String> CALLED = Set.of("DescribeInstances", "CopySnapshot");

    @Test
    public void theJarHasEveryClassThatTheCallsReach() throws IOException {
        List<Pattern> kept = keptInTheJar();

        Set<String> missing = reached().stream()
                .filter(name -> kept.stream()
                        .noneMatch(pattern -> pattern.matcher(name + ".class").matches()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(missing)
                .as("classes of EC2 that are called and are not in the jar: add them to the includes of"
                        + " software.amazon.awssdk:ec2 in standalone/pom.xml")
                .isEmpty();
    }

    @Test
    public void nothingElseOfEc2IsCalled() {
        Set<String> called = new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(new ImportOption.DoNotIncludeJars())
                        .importPackages("io.jenkins.plugins.consuldeploy")
                        .stream()
                        .map(JavaClass::getMethodCallsFromSelf)
                        .flatMap(Set::stream)
                        .filter(call -> call.getTargetOwner().getName().equals(Ec2Client.class.getName()))
                        .map(call -> call.getTarget().getName())
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(called)
                .as("calls of EC2: a new one goes into CALLED here and into the includes in standalone/pom.xml")
                .containsExactly("describeInstances");
    }

    // Private

    private static List<Pattern> keptInTheJar() throws IOException {
        Path pom = Stream.of("pom.xml", "standalone/pom.xml", "../standalone/pom.xml")
                .map(Path::of)
                .filter(Files::exists)
                .filter(file -> text(file).contains("<artifactId>consul-deploy-standalone</artifactId>"))
                .findFirst()
                .orElseThrow();
        String filter = text(pom)
                .split("<artifact>software.amazon.awssdk:ec2</artifact>")[1]
                .split("</filter>")[0];
        List<Pattern> patterns = Pattern.compile("<include>(.+)</include>")
                .matcher(filter)
                .results()
                .map(include -> Pattern.compile(include.group(1)
                        .replace(".", "\\.")
                        .replace("$", "\\$")
                        .replace("**", "\0")
                        .replace("*", "[^/]*")
                        .replace("\0", ".*")))
                .toList();
        assertThat(patterns).hasSizeGreaterThan(20);
        return patterns;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Follows every name in the constant pools, but for the client's own calls and the requests of those that are not made. */
    private static Set<String> reached() throws IOException {
        Set<String> reached = new TreeSet<>();
        Deque<String> toRead = new ArrayDeque<>(List.of(
                EC2 + "DefaultEc2Client", EC2 + "DefaultEc2ClientBuilder", EC2 + "model/DescribeInstancesResponse"));
        for (String call : CALLED) {
            toRead.add(EC2 + "model/" + call + "Request");
            toRead.add(EC2 + "transform/" + call + "RequestMarshaller");
        }
        while (!toRead.isEmpty()) {
            String name = toRead.remove();
            byte[] bytes = bytes(name);
            if (bytes.length == 0 || !reached.add(name)) {
                continue;
            }
            for (String other : names(bytes)) {
                if (followed(name, other)) {
                    toRead.add(other);
                }
            }
        }
        return reached;
    }

    private static boolean followed(String from, String to) {
        if (to.contains("Async") || to.contains("/waiters/") || to.contains("/paginators/")) {
            return false;
        }
        // The verifier asks of each request whether it is one; of what else the client's methods name, nobody asks.
        boolean client = from.matches(EC2 + "(Default)?Ec2Client");
        boolean ofACall = to.matches(EC2 + "(model|transform)/.*") && !to.startsWith(EC2 + "transform/internal/");
        if (client && ofACall) {
            return to.endsWith("Request");
        }
        boolean notMade =
                from.endsWith("Request") && CALLED.stream().noneMatch(call -> from.endsWith("/" + call + "Request"));
        return !notMade || to.endsWith("/Ec2Request");
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Ec2Client.class.getClassLoader().getResourceAsStream(name + ".class")) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    /** The names in a class file's constant pool (Java Virtual Machine Specification, 4.4). */
    private static Set<String> names(byte[] bytes) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            in.skipNBytes(8);
            int count = in.readUnsignedShort();
            for (int each = 1; each < count; each++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> {
                        Matcher found = NAME.matcher(in.readUTF());
                        while (found.find()) {
                            names.add(found.group());
                        }
                    }
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        each++;
                    }
                    case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    default -> in.skipNBytes(4);
                }
            }
        }
        return names;
    }
}
