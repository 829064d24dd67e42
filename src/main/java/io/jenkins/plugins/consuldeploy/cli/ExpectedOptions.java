package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.phase.Expected;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who is waited for. */
final class ExpectedOptions {

    @Option(
            names = "--nodes",
            order = 2,
            paramLabel = "N",
            description = "Wait for at least so many nodes; one that has announced itself is waited for too.")
    private Optional<String> nodes = Optional.empty();

    @Option(
            names = "--service",
            order = 3,
            paramLabel = "NAME",
            description = "Wait for every node with a passing instance of this Consul service.")
    private Optional<String> service = Optional.empty();

    @Option(names = "--tag", order = 4, paramLabel = "TAG", description = "Only instances with this tag.")
    private Optional<String> tag = Optional.empty();

    /** What was given; empty when nothing was. */
    Optional<Expected> given(DeproFile defaults) {
        if (service.isPresent() && nodes.isPresent()) {
            throw new BadInputException(
                    "service",
                    service.get(),
                    "--nodes is given too; give one of the two, for they say who is waited for");
        }
        if (tag.isPresent() && service.isEmpty()) {
            throw new BadInputException("tag", tag.get(), "it is one of a service; give --service too");
        }
        if (service.isPresent()) {
            return Optional.of(new Expected.OfService(service.get(), tag));
        }
        return nodes.or(defaults::nodes).map(text -> new Expected.AtLeast(Numbers.parse("nodes", text, "nodes")));
    }

    Expected required(DeproFile defaults) {
        return given(defaults)
                .orElseThrow(() -> new BadInputException(
                        "nodes",
                        "who is to be waited for? Give --nodes N for at least so many nodes, or --service NAME for every passing"
                                + " instance of a Consul service"));
    }
}
