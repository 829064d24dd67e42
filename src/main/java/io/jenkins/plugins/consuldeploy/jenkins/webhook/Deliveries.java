package io.jenkins.plugins.consuldeploy.jenkins.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * The recent deliveries, and which pushes every rule has dealt with already. Both are bounded and on disk before a
 * registry is answered, so a restart forgets nothing. Where Jenkins dies between a build's start and that write, the
 * registry has no answer and sends again: then the build starts a second time, rather than never.
 */
@Extension
public final class Deliveries {

    /** How many deliveries are shown. */
    static final int MAX_RECENT = 200;

    /** How many pushes are remembered of one rule: the oldest is forgotten first. */
    static final int MAX_REMEMBERED = 1000;

    private static final Logger LOG = Logger.getLogger(Deliveries.class.getName());

    private final Set<String> inProgress = new HashSet<>();
    private Memory memory;

    static Deliveries get() {
        return ExtensionList.lookupSingleton(Deliveries.class);
    }

    /** The recent ones, the latest first. */
    synchronized List<Delivery> recent() {
        return List.copyOf(memory().recent);
    }

    /**
     * Begins to deal with a push.
     *
     * @return false when the rule has dealt with it before, or is about to
     */
    synchronized boolean begin(RuleId rule, String push) {
        return !memory().seen.getOrDefault(rule.key(), new LinkedHashSet<>()).contains(push)
                && inProgress.add(rule.key() + " " + push);
    }

    /** Ends it: a push that is done is remembered, any other may come again. */
    synchronized void end(RuleId rule, String push, boolean isDone) {
        inProgress.remove(rule.key() + " " + push);
        if (isDone) {
            Set<String> seen = memory().seen.computeIfAbsent(rule.key(), key -> new LinkedHashSet<>());
            seen.add(push);
            while (seen.size() > MAX_REMEMBERED) {
                seen.remove(seen.iterator().next());
            }
        }
    }

    /** Writes down what became of a request. */
    synchronized void add(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            memory().recent.addFirst(delivery);
        }
        while (memory().recent.size() > MAX_RECENT) {
            memory().recent.removeLast();
        }
        save();
    }

    /** A job, or a folder of jobs, has another full name now. */
    synchronized void move(String oldName, String newName) {
        Map<String, LinkedHashSet<String>> moved = new TreeMap<>();
        memory().seen.forEach((key, seen) -> moved.put(Keys.moved(key, oldName, newName), seen));
        if (!moved.equals(memory().seen)) {
            memory().seen = moved;
            save();
        }
    }

    /** A job, or a folder of jobs, is gone. */
    synchronized void remove(String job) {
        if (memory().seen.keySet().removeIf(key -> Keys.isBelow(key, job))) {
            save();
        }
    }

    // Private

    private Memory memory() {
        if (memory == null) {
            memory = new Memory();
            try {
                if (file().exists()) {
                    file().unmarshal(memory);
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "could not read " + file() + "; deliveries made before may be taken again", e);
                memory = new Memory();
            }
        }
        return memory;
    }

    private void save() {
        try {
            file().write(memory);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not write " + file() + "; a restart forgets the latest deliveries", e);
        }
    }

    private static XmlFile file() {
        return new XmlFile(new File(Jenkins.get().getRootDir(), Deliveries.class.getName() + ".xml"));
    }

    /** What is on disk. */
    private static final class Memory {
        private final Deque<Delivery> recent = new ArrayDeque<>();
        private Map<String, LinkedHashSet<String>> seen = new TreeMap<>();
    }
}
