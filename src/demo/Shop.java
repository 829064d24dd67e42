import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * The demo's application: it serves the files of the release that the link {@code live} points to, looking each time, as a
 * web server with a document root does. So what a deployment's {@code rollout} does to that link is what visitors see.
 *
 * <p>Usage: {@code java Shop PORT DIRECTORY}
 */
public final class Shop {

    private final Path root;

    private Shop(Path directory) {
        this.root = directory.resolve("live");
    }

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Shop shop = new Shop(Path.of(args[1]));
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 128);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", shop::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body;
            int status = 200;
            Path file = Path.of(exchange.getRequestURI().getPath()).getFileName();
            try {
                body = Files.readAllBytes(root.resolve(file == null ? "index.html" : file.toString()));
            } catch (IOException e) {
                body = "nothing is deployed here\n".getBytes(StandardCharsets.UTF_8);
                status = 503;
            }
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
