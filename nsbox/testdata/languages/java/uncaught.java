public class Uncaught {
    static int length(String text) {
        return text.length();
    }

    public static void main(String[] args) {
        System.out.println(length(null));
    }
}
