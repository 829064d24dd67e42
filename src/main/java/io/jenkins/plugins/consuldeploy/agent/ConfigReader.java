package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.consul.AclToken;
import io.jenkins.plugins.consuldeploy.consul.BasicAuth;
import io.jenkins.plugins.consuldeploy.consul.ConsulConfig;
import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Durations;
import io.jenkins.plugins.consuldeploy.phase.NodeName;
import io.jenkins.plugins.consuldeploy.phase.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts an agent's configuration together from its files: Depro's fields as Depro reads them, and ours. */
final class ConfigReader {

    /** Each watch holds a connection, and the deployments' workers use the others. */
    private static final int CONNECTIONS_A_DEPLOYMENT = 4;

    private static final int MORE_CONNECTIONS = 8;

    private final List<ConfigFile> files;
    private final List<String> warnings = new ArrayList<>();

    ConfigReader(List<Path> filesAndDirectories) {
        this.files = ConfigFile.read(filesAndDirectories);
    }

    /** @param otherName the node's name when the files give none; this host's when it is empty too */
    AgentConfig read(ConsulConfig base, Optional<String> otherName) {
        String name = name(otherName);
        ConsulConfig consul = consul(base);
        String root = last("root").map(Found::value).orElse(Tree.DEFAULT_ROOT);
        Duration grace = last("grace")
                .map(found -> Durations.parse(found.field(), found.value()))
                .orElse(AgentConfig.DEFAULT_GRACE);
        List<DeploymentConfig> deployments = new ArrayList<>();
        for (ConfigFile file : files) {
            // Depro reads these two and does nothing with them; how long our watches wait is their own affair.
            List.of("wait", "allowStale", "prefix").forEach(file.fields()::ignore);
            for (Fields fields : file.fields().objects("deployments")) {
                DeploymentConfig deployment = DeploymentReader.read(fields, root);
                checkApart(fields, deployment, deployments);
                deployments.add(deployment);
                warnOfUnknown(fields);
            }
        }
        if (deployments.isEmpty()) {
            throw new BadInputException(
                    files.get(files.size() - 1).name() + ": deployments",
                    "there is none; give at least one, with a path, a prefix and its commands");
        }
        for (ConfigFile file : files) {
            warnOfUnknown(file.fields());
            if (file.trailing()) {
                warnings.add(file.name() + ": what follows the first JSON object is not read");
            }
        }
        int connections = CONNECTIONS_A_DEPLOYMENT * deployments.size() + MORE_CONNECTIONS;
        return new AgentConfig(
                name,
                consul.withMaxConnections(Math.max(consul.maxConnections(), connections)),
                grace,
                deployments,
                warnings);
    }

    // Private

    /** A value and the field that it came from. */
    private record Found(String field, String value) {}

    private Optional<Found> last(String name) {
        Optional<Found> last = Optional.empty();
        for (ConfigFile file : files) {
            Optional<String> value = file.fields().text(name);
            if (value.isPresent()) {
                last = Optional.of(new Found(file.fields().field(name), value.get()));
            }
        }
        return last;
    }

    private String name(Optional<String> otherName) {
        Found found = last("name").orElseGet(() -> new Found("name", otherName.orElseGet(HostName::read)));
        return DeploymentReader.checked(found.field(), found.value(), value -> NodeName.check(withoutSlashes(value)));
    }

    private ConsulConfig consul(ConsulConfig base) {
        ConsulConfig consul = base;
        Optional<Found> server = last("server");
        if (server.isPresent()) {
            boolean ssl = base.address().getScheme().equals("https");
            consul = consul.withAddress(DeploymentReader.checked(
                    server.get().field(), server.get().value(), text -> ConsulConfig.parseAddress(text, ssl)));
        }
        Optional<Found> datacenter = last("datacenter");
        if (datacenter.isPresent()) {
            consul = consul.withDatacenter(datacenter.get().value());
        }
        Optional<AclToken> token = token();
        if (token.isPresent()) {
            consul = consul.withToken(token.get());
        }
        Optional<Found> username = last("username");
        Optional<Found> password = last("password");
        if (username.isPresent() || password.isPresent()) {
            consul = consul.withAuth(new BasicAuth(
                    username.map(Found::value).orElse(""),
                    password.map(Found::value).orElse("")));
        }
        return consul;
    }

    private Optional<AclToken> token() {
        Optional<Found> token = last("token");
        Optional<Found> tokenFile = last("tokenFile");
        if (tokenFile.isEmpty()) {
            return token.map(found -> new AclToken(found.value().strip()));
        }
        Found file = tokenFile.get();
        if (token.isPresent()) {
            throw new BadInputException(file.field(), file.value(), "there is a 'token' too; leave one of the two out");
        }
        try {
            String text = Files.readString(Path.of(file.value()), StandardCharsets.UTF_8)
                    .strip();
            if (text.isEmpty()) {
                throw new BadInputException(
                        file.field(), file.value(), "this file is empty; put the ACL token into it");
            }
            return Optional.of(new AclToken(text));
        } catch (IOException | InvalidPathException e) {
            throw new BadInputException(file.field(), file.value(), "this file can't be read: " + e);
        }
    }

    /** Two deployments in one place would remove each other's versions. */
    private static void checkApart(Fields fields, DeploymentConfig added, List<DeploymentConfig> others) {
        for (DeploymentConfig other : others) {
            if (contains(added.tree().versions(), other.tree().versions())) {
                throw fields.bad(
                        "prefix",
                        added.tree().prefix(),
                        "the deployment '" + other.id() + "' has "
                                + same(added.tree().prefix(), other.tree().prefix()) + "; each needs one of its own");
            }
            if (contains(added.directory() + "/", other.directory() + "/")) {
                throw fields.bad(
                        "path",
                        added.path(),
                        "the deployment '" + other.id() + "' has "
                                + same(
                                        added.directory().toString(),
                                        other.directory().toString())
                                + "; each needs one of its own");
            }
        }
    }

    private static boolean contains(String a, String b) {
        return a.startsWith(b) || b.startsWith(a);
    }

    private static String same(String mine, String other) {
        return mine.equals(other) ? "the same" : "'" + other + "', and one lies inside the other";
    }

    private void warnOfUnknown(Fields fields) {
        for (String field : fields.unknown()) {
            warnings.add(field + ": this field is not known and has no effect");
        }
    }

    private static String withoutSlashes(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == '/') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == '/') {
            to--;
        }
        return text.substring(from, to);
    }
}
