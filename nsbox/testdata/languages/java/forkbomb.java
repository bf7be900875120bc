public class Forkbomb {
    static void sleep() {
        try {
            Thread.sleep(1_000_000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] args) {
        for (;;) new Thread(Forkbomb::sleep).start();
    }
}
