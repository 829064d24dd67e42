package io.jenkins.plugins.consuldeploy.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An SMTP server that answers every recipient with the same line. */
final class ScriptedSmtp implements AutoCloseable {

    private final ServerSocket socket;
    private final String toRecipients;

    ScriptedSmtp(String toRecipients) throws IOException {
        this.socket = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        this.toRecipients = toRecipients;
        Thread thread = new Thread(this::serve, "scripted-smtp");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (true) {
            try (Socket connection = socket.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                say(connection, "220 ready");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    say(
                            connection,
                            line.startsWith("RCPT") ? toRecipients : line.startsWith("QUIT") ? "221 bye" : "250 ok");
                }
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private static void say(Socket connection, String line) throws IOException {
        connection.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
