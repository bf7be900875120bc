import java.util.*;

public class Main {
    private static final String TEXT = "it was the best of times it was the worst of times";

    static Map<String, Integer> count(String text) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : text.split(" ")) {
            counts.put(word, counts.getOrDefault(word, 0) + 1);
        }
        return counts;
    }

    static String reverse(String word) {
        StringBuilder builder = new StringBuilder();
        for (int i = word.length() - 1; i >= 0; i--) {
            builder.append(word.charAt(i));
        }
        return builder.toString();
    }

    static boolean isPalindrome(String word) {
        return word.equals(reverse(word));
    }

    static String grade(int points) {
        switch (points / 10) {
            case 10:
            case 9:
                return "A";
            case 8:
                return "B";
            default:
                return points > 50 ? "C" : "F";
        }
    }

    public static void main(String[] args) {
        Map<String, Integer> counts = count(TEXT);
        List<Map.Entry<String, Integer>> entries = new ArrayList<>(counts.entrySet());
        entries.sort(Map.Entry.<String, Integer>comparingByValue().reversed());
        for (int i = 0; i < 3; i++) {
            Map.Entry<String, Integer> entry = entries.get(i);
            System.out.println(entry.getKey() + "=" + entry.getValue());
        }
        String[] words = {"level", "river", "noon"};
        for (String word : words) {
            System.out.println(word + " " + reverse(word) + " " + isPalindrome(word));
        }
        Deque<Integer> stack = new ArrayDeque<>();
        for (int points : new int[] {95, 81, 60, 12}) {
            stack.push(points);
        }
        while (!stack.isEmpty()) {
            int points = stack.pop();
            System.out.println(points + " " + grade(points));
        }
    }
}
