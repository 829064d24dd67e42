package io.jenkins.plugins.consuldeploy.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A program that is attended to by the calling thread until its own process has ended. Its output is read as it comes, so
 * that no pipe fills; after its end the pipe is closed, so that nothing waits for what it left running in the background.
 */
public final class AttendedRun {

    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final int LAST_BYTES = 256 * 1024;

    private final Process process;
    private final Duration grace;
    private final OutputTail output;
    private final byte[] buffer = new byte[8192];

    /**
     * @param process that leads a session, see {@link ProcessTree#sessionStarter()}, and has its errors in its output
     * @param grace   from SIGTERM to SIGKILL, when it has to be ended
     */
    public AttendedRun(Process process, Duration grace, OutputTail output) {
        this.process = process;
        this.grace = grace;
        this.output = output;
    }

    /** Why it is over. */
    public enum Why {
        /** It ended by itself. */
        BY_ITSELF,
        /** It took too long and was ended, with all that it had started. */
        TIMEOUT,
        /** It was put off and ended, with all that it had started. */
        PUT_OFF
    }

    /**
     * How it ended.
     *
     * @param exitCode only of one that ended by itself
     */
    public record End(Why why, OptionalInt exitCode) {}

    /**
     * Waits for its end.
     *
     * @param isPutOff is asked again and again whether it is to be ended
     * @throws IOException          when its output can't be read; it has been ended then
     * @throws InterruptedException when the thread is interrupted; it has been ended then, within its grace
     */
    public End await(Duration timeout, BooleanSupplier isPutOff) throws IOException, InterruptedException {
        try (InputStream in = process.getInputStream()) {
            // The JDK's own thread takes this lock to read all that is left when the process has ended, however much
            // something in the background goes on writing. It finds the stream closed instead.
            synchronized (in) {
                try {
                    return follow(in, timeout, isPutOff);
                } finally {
                    in.close();
                }
            }
        } catch (IOException e) {
            new ProcessTree(process.toHandle()).end(grace, () -> {});
            throw e;
        }
    }

    // Private

    private End follow(InputStream in, Duration timeout, BooleanSupplier isPutOff)
            throws IOException, InterruptedException {
        try {
            Why why = readUntilEnd(in, timeout, isPutOff);
            if (why == Why.BY_ITSELF) {
                readRest(in);
                return new End(why, OptionalInt.of(process.exitValue()));
            }
            end(in);
            return new End(why, OptionalInt.empty());
        } catch (InterruptedException e) {
            end(in);
            throw e;
        }
    }

    private void end(InputStream in) throws IOException {
        new ProcessTree(process.toHandle()).end(grace, () -> {
            try {
                readSome(in);
            } catch (IOException e) {
                output.say("its output could not be read: " + e.getMessage());
            }
        });
        readRest(in);
    }

    /** Looks for output and for the end by turns: a blocking read would hear of neither end nor timeout nor interrupt. */
    private Why readUntilEnd(InputStream in, Duration timeout, BooleanSupplier isPutOff)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            boolean read = readSome(in) > 0;
            pause = read ? FIRST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            if (read ? !process.isAlive() : process.waitFor(pause, TimeUnit.MILLISECONDS)) {
                return Why.BY_ITSELF;
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                return Why.TIMEOUT;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (isPutOff.getAsBoolean()) {
                return Why.PUT_OFF;
            }
        }
    }

    private void readRest(InputStream in) throws IOException {
        int more = LAST_BYTES;
        int read;
        while (more > 0 && (read = readSome(in)) > 0) {
            more -= read;
        }
        output.end();
    }

    private int readSome(InputStream in) throws IOException {
        int available = Math.min(in.available(), buffer.length);
        if (available <= 0) {
            return 0;
        }
        int read = in.read(buffer, 0, available);
        output.add(buffer, Math.max(0, read));
        return read;
    }
}
