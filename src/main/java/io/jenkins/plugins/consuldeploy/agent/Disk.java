package io.jenkins.plugins.consuldeploy.agent;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The few things that an agent does to its host's disk. Files are read and written with java.io, because an interrupt
 * closes what java.nio has open in the middle of it.
 */
class Disk {

    /** A small file's text; empty when it is not there. */
    Optional<String> read(Path file) throws IOException {
        File found = file.toFile();
        if (!found.isFile()) {
            return Optional.empty();
        }
        try (FileInputStream in = new FileInputStream(found)) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Replaces a file: whoever reads it sees the old text or the new one. What a power failure leaves may be empty.
     *
     * @param draft a file on the same file system, which is lost
     */
    void replace(Path file, String text, Path draft) throws IOException {
        write(draft, text, false);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same, but what a power failure leaves is the old text or the new one too. */
    void replaceDurably(Path file, String text, Path draft) throws IOException {
        write(draft, text, true);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes a file whose being there is what counts: it will be there after a power failure, its text perhaps not. */
    void mark(Path file, String text) throws IOException {
        write(file, text, true);
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** An empty directory in the place of whatever was there. Cut off, it has to be done again. */
    void makeAnew(Path directory) throws IOException {
        removeTree(directory);
        Files.createDirectories(directory);
    }

    /** Removes a directory with all that is in it; links are removed, not followed. Cut off, it has to be done again. */
    void removeTree(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    // Private

    private static void write(Path file, String text, boolean durably) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            if (durably) {
                out.getFD().sync();
            }
        }
    }
}
