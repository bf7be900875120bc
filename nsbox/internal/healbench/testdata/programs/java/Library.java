import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

public class Main {
    enum Status { FREE, LENT }

    static class Book {
        private final String title;
        private final int year;
        private Status status = Status.FREE;

        Book(String title, int year) {
            this.title = title;
            this.year = year;
        }

        String getTitle() {
            return title;
        }

        int getYear() {
            return year;
        }

        boolean isFree() {
            return status == Status.FREE;
        }

        void lend() {
            if (!isFree()) {
                throw new IllegalStateException(title + " is lent");
            }
            status = Status.LENT;
        }

        @Override
        public String toString() {
            return String.format("%s (%d)", title, year);
        }
    }

    private final Map<String, Book> books = new HashMap<>();

    void add(Book book) {
        books.put(book.getTitle(), book);
    }

    Optional<Book> find(String title) {
        return Optional.ofNullable(books.get(title));
    }

    List<Book> sorted() {
        List<Book> all = new ArrayList<>(books.values());
        all.sort((a, b) -> Integer.compare(a.getYear(), b.getYear()));
        return all;
    }

    public static void main(String[] args) {
        Main library = new Main();
        library.add(new Book("Dune", 1965));
        library.add(new Book("Emma", 1815));
        library.add(new Book("Solaris", 1961));
        library.find("Emma").ifPresent(Book::lend);
        try {
            library.find("Emma").get().lend();
        } catch (IllegalStateException e) {
            System.out.println("refused: " + e.getMessage());
        }
        for (Book book : library.sorted()) {
            System.out.println(book + (book.isFree() ? "" : " lent"));
        }
        String titles = library.sorted().stream()
            .filter(Book::isFree)
            .map(Book::getTitle)
            .collect(Collectors.joining(", "));
        System.out.println("free: " + titles);
    }
}
