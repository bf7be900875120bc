import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

public class Artifact {
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of("/workspace/out.txt"), "artifact\n");
    }
}
