package io.jenkins.plugins.consuldeploy.agent;

import io.jenkins.plugins.consuldeploy.phase.BadInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/** One agent at a time works in a deployment's directory: two would remove each other's versions. */
final class PathLock implements AutoCloseable {

    private final RandomAccessFile file;

    private PathLock(RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Takes the lock, which the system gives back when this process ends, however it does.
     *
     * @throws BadInputException when another agent has it
     */
    static PathLock take(Path lock, String path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(lock.toFile(), "rw");
        boolean taken = false;
        try {
            taken = file.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException e) {
            taken = false; // another agent in this very process
        } finally {
            if (!taken) {
                file.close();
            }
        }
        if (!taken) {
            throw new BadInputException(
                    "path", path, "another agent works there already; stop it, or give each a path of its own");
        }
        return new PathLock(file);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
