// nsbox:why: Threads, executors, streams and concurrent maps.
// nsbox:stdout: 4950 100 [1, 4, 9]
// nsbox:limits: timeout=30s
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

public class Threads {
    public static void main(String[] args) throws Exception {
        ExecutorService ex = Executors.newFixedThreadPool(4);
        List<Future<Integer>> fs = new ArrayList<>();
        ConcurrentHashMap<Integer, Boolean> seen = new ConcurrentHashMap<>();
        for (int i = 0; i < 100; i++) {
            final int n = i;
            fs.add(ex.submit(() -> { seen.put(n, true); return n; }));
        }
        int sum = 0;
        for (Future<Integer> f : fs) sum += f.get();
        ex.shutdown();
        System.out.println(sum + " " + seen.size() + " " + Stream.of(1, 2, 3).parallel().map(n -> n * n).collect(Collectors.toList()));
    }
}
