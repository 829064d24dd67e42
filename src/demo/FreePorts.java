import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Prints ports of 127.0.0.1 that nobody listens on, one a line. Usage: {@code java FreePorts COUNT} */
public final class FreePorts {

    private FreePorts() {}

    public static void main(String[] args) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) { // all open at once, so that none comes twice
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (ServerSocket socket : sockets) {
            System.out.println(socket.getLocalPort());
            socket.close();
        }
    }
}
