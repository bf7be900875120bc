import java.util.LinkedHashMap;
import java.util.Map;

public class Main {
    static abstract class Account {
        protected double balance;
        private final String owner;

        Account(String owner, double balance) {
            this.owner = owner;
            this.balance = balance;
        }

        abstract double fee();

        void withdraw(double amount) throws Exception {
            double needed = amount + fee();
            if (needed > balance) {
                throw new Exception(owner + " needs " + needed);
            }
            balance -= needed;
        }

        String getOwner() {
            return owner;
        }
    }

    static class Basic extends Account {
        Basic(String owner, double balance) {
            super(owner, balance);
        }

        double fee() {
            return 1.5;
        }
    }

    static class Premium extends Account {
        Premium(String owner, double balance) {
            super(owner, balance);
        }

        double fee() {
            return 0;
        }
    }

    static <T extends Account> T richer(T first, T second) {
        return first.balance >= second.balance ? first : second;
    }

    public static void main(String[] args) {
        Account ada = new Basic("Ada", 100);
        Account bob = new Premium("Bob", 80);
        Map<Account, Double> wishes = new LinkedHashMap<>();
        wishes.put(ada, 60.0);
        wishes.put(bob, 90.0);
        int failures = 0;
        for (Map.Entry<Account, Double> wish : wishes.entrySet()) {
            try {
                wish.getKey().withdraw(wish.getValue());
                System.out.println(wish.getKey().getOwner() + " has " + wish.getKey().balance);
            } catch (Exception e) {
                failures++;
                System.out.println("failed: " + e.getMessage());
            } finally {
                System.out.println("done");
            }
        }
        System.out.println(richer(ada, bob).getOwner() + " " + failures);
    }
}
