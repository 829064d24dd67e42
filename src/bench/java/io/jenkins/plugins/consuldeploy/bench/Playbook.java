package io.jenkins.plugins.consuldeploy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The same release as an Ansible playbook: drain and wait, update, check, back and wait. */
record Playbook(String version) {

    /** Empty where Ansible is not installed, or only its core without what speaks to HAProxy. */
    static Optional<Playbook> installed() throws InterruptedException {
        Optional<String> version = output("ansible-playbook", "--version");
        Optional<String> haproxy = output("ansible-doc", "-t", "module", "-s", "community.general.haproxy");
        return haproxy.flatMap(found -> version)
                .map(text -> new Playbook(text.lines().findFirst().orElse("")));
    }

    /** The command that runs it. */
    List<String> command(RolledHosts fleet, double update) throws IOException {
        Path inventory = Files.writeString(
                fleet.dir().resolve("hosts.ini"),
                IntStream.range(0, fleet.size())
                        .mapToObj(i -> "app" + (i + 1) + " ansible_connection=local port=" + fleet.portOf(i))
                        .collect(Collectors.joining("\n", "[fleet]\n", "\n")));
        Path playbook =
                Files.writeString(fleet.dir().resolve("bench-playbook.yml"), """
                - hosts: fleet
                  serial: 1
                  gather_facts: false
                  tasks:
                    - community.general.haproxy: {socket: "%1$s", backend: b, host: "{{ inventory_hostname }}",
                        state: drain, wait: true, wait_interval: 1, wait_retries: 30}
                    - ansible.builtin.command: sleep %2$s
                    - ansible.builtin.uri: {url: "http://127.0.0.1:{{ port }}/"}
                    - community.general.haproxy: {socket: "%1$s", backend: b, host: "{{ inventory_hostname }}",
                        state: enabled, wait: true, wait_interval: 1, wait_retries: 30}
                """.formatted(fleet.socket(), update));
        return List.of("ansible-playbook", "-i", inventory.toString(), playbook.toString());
    }

    // Private

    private static Optional<String> output(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0
                    ? Optional.of(text)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // there is no such program
        }
    }
}
