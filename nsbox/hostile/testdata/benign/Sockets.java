// nsbox:why: Sockets on loopback, files by NIO, a child process and UTF-8.
// nsbox:stdout: grüße kept sub
// nsbox:limits: timeout=30s
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;

public class Sockets {
    public static void main(String[] args) throws Exception {
        ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread t = new Thread(() -> {
            try (Socket c = s.accept()) {
                c.getOutputStream().write("grüße".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        t.start();
        String text = new String(new Socket(s.getInetAddress(), s.getLocalPort()).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        t.join();
        Path p = Files.createTempFile("x", ".txt");
        Files.writeString(p, "kept");
        Process c = new ProcessBuilder("/bin/echo", "sub").start();
        String sub = new String(c.getInputStream().readAllBytes()).trim();
        new PrintStream(System.out, true, "UTF-8").println(text + " " + Files.readString(p) + " " + sub);
    }
}
