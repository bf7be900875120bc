public class Flood {
    public static void main(String[] args) {
        String text = "flood ".repeat(100);
        for (;;) System.out.println(text);
    }
}
