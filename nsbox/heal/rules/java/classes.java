import java.net.URI;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;

/**
 * Writes the public classes of java.base's packages java.*, a package a line:
 * java classes.java > classes.txt, with the JDK of the image.
 */
class Classes {
    public static void main(String[] args) throws Exception {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", "java.base", "java");
        SortedMap<String, SortedSet<String>> packages = new TreeMap<>();
        List<Path> all;
        try (Stream<Path> s = Files.walk(base)) {
            all = s.filter(p -> p.toString().endsWith(".class")).collect(Collectors.toList());
        }
        for (Path p : all) {
            String name = base.getParent().relativize(p).toString().replace('/', '.').replaceAll("\\.class$", "");
            if (name.contains("$") || name.endsWith("-info")) continue;
            Class<?> c = Class.forName(name, false, null);
            if (!java.lang.reflect.Modifier.isPublic(c.getModifiers())) continue;
            packages.computeIfAbsent(c.getPackageName(), k -> new TreeSet<>()).add(c.getSimpleName());
        }
        packages.forEach((k, v) -> System.out.println(k + " " + String.join(" ", v)));
    }
}
