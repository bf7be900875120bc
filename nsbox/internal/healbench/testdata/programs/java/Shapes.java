import java.util.Arrays;
import java.util.List;

interface Shape {
    double area();

    default String label() {
        return getClass().getSimpleName().toLowerCase();
    }
}

class Square implements Shape {
    private final double side;

    Square(double side) {
        this.side = side;
    }

    public double area() {
        return side * side;
    }
}

class Disc implements Shape {
    private final double radius;

    Disc(double radius) {
        this.radius = radius;
    }

    public double area() {
        return Math.PI * radius * radius;
    }

    @Override
    public String label() {
        return "disc of " + radius;
    }
}

public class Main {
    static double total(List<Shape> shapes) {
        double sum = 0;
        for (Shape shape : shapes) {
            sum += shape.area();
        }
        return sum;
    }

    static int[][] table(int rows, int columns) {
        int[][] cells = new int[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                cells[i][j] = (i + 1) * (j + 1);
            }
        }
        return cells;
    }

    public static void main(String[] args) {
        List<Shape> shapes = Arrays.asList(new Square(2), new Disc(1.5), new Square(0.5));
        for (Shape shape : shapes) {
            System.out.printf("%s %.2f%n", shape.label(), shape.area());
        }
        System.out.printf("total %.3f%n", total(shapes));
        int[][] cells = table(3, 4);
        for (int[] row : cells) {
            System.out.println(Arrays.toString(row));
        }
        int largest = cells[cells.length - 1][cells[0].length - 1];
        System.out.println("largest " + largest);
    }
}
