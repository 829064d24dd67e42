package io.jenkins.plugins.consuldeploy.cli;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import io.jenkins.plugins.consuldeploy.spec.Words;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A file of words in YAML 1.2, and where each of them stands. Values stay the texts that they are in the file, so that
 * the version {@code 1.10} is not the number 1.1.
 */
final class YamlFile {

    private final String name;
    private final Map<String, Mark> marks = new HashMap<>();
    private final Set<Node> above = new HashSet<>();
    private Map<String, Object> tree = Map.of();

    private YamlFile(String name) {
        this.name = name;
    }

    /** @throws BadInputException naming the file, and line and column where it can't be understood */
    static YamlFile read(Path path) {
        YamlFile file = new YamlFile(path.toString());
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.name)
                .setUseMarks(true)
                .setAllowNonScalarKeys(true) // refused below, with their place
                .setSchema(new CoreSchema())
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text(path));
            file.tree = file.root(root);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw file.bad(mark, problem(e));
        } catch (YamlEngineException e) {
            throw file.bad(Optional.empty(), e.getMessage());
        }
        return file;
    }

    Map<String, Object> tree() {
        return tree;
    }

    /** Of a field that is not there, the place of the nearest one around it. */
    Words.Places places() {
        return path -> {
            String at = path;
            while (!marks.containsKey(at) && !at.isEmpty()) {
                at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
            }
            return Optional.of(place(Optional.ofNullable(marks.get(at))));
        };
    }

    // Private

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new BadInputException("file", path.toString(), "there is no such file");
        } catch (CharacterCodingException e) {
            throw new BadInputException("file", path.toString(), "it is not encoded in UTF-8");
        } catch (IOException e) {
            throw new BadInputException("file", path.toString(), "it can't be read: " + e);
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String context = e.getContext() == null ? "" : e.getContext();
        return context.isEmpty() || problem.isEmpty() ? context + problem : context + ", " + problem;
    }

    private Map<String, Object> root(Optional<Node> root) {
        if (root.isEmpty()) {
            throw bad(Optional.empty(), "it is empty; a release has at least an app, hosts and an update");
        }
        if (!(root.get() instanceof MappingNode mapping)) {
            throw bad(root.get().getStartMark(), "fields are wanted here, such as 'app: web'");
        }
        return map(mapping, "");
    }

    private Object value(Node node, String path) {
        node.getStartMark().ifPresent(mark -> marks.put(path, mark));
        if (!above.add(node)) {
            throw bad(node.getStartMark(), "it contains itself");
        }
        Object value;
        if (node instanceof MappingNode mapping) {
            value = map(mapping, path);
        } else if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            for (Node one : sequence.getValue()) {
                list.add(value(one, path + "[" + list.size() + "]"));
            }
            value = list;
        } else {
            value = node.getTag().equals(Tag.NULL) ? null : ((ScalarNode) node).getValue();
        }
        above.remove(node);
        return value;
    }

    private Map<String, Object> map(MappingNode mapping, String path) {
        mapping.getStartMark().ifPresent(mark -> marks.put(path, mark));
        Map<String, Object> map = new LinkedHashMap<>();
        for (NodeTuple field : mapping.getValue()) {
            Node key = field.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw bad(key.getStartMark(), "a field's name is wanted here");
            }
            String its = path.isEmpty() ? scalar.getValue() : path + "." + scalar.getValue();
            if (map.containsKey(scalar.getValue())) {
                throw bad(key.getStartMark(), its + " is there twice");
            }
            map.put(scalar.getValue(), value(field.getValueNode(), its));
        }
        return map;
    }

    private BadInputException bad(Optional<Mark> mark, String problem) {
        return new BadInputException(place(mark), problem);
    }

    /** People count from 1. */
    private String place(Optional<Mark> mark) {
        return name
                + mark.map(at -> ", line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1))
                        .orElse("");
    }
}
