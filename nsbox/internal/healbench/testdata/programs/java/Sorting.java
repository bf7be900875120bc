import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;

public class Main {
    static void swap(int[] values, int i, int j) {
        int kept = values[i];
        values[i] = values[j];
        values[j] = kept;
    }

    static void quicksort(int[] values, int low, int high) {
        if (low >= high) {
            return;
        }
        int pivot = values[high];
        int border = low;
        for (int i = low; i < high; i++) {
            if (values[i] < pivot) {
                swap(values, i, border);
                border++;
            }
        }
        swap(values, border, high);
        quicksort(values, low, border - 1);
        quicksort(values, border + 1, high);
    }

    static int search(int[] values, int wanted) {
        int low = 0;
        int high = values.length - 1;
        while (low <= high) {
            int middle = (low + high) / 2;
            if (values[middle] == wanted) {
                return middle;
            } else if (values[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    public static void main(String[] args) {
        int[] values = {42, 7, 19, 3, 88, 7, 61};
        quicksort(values, 0, values.length - 1);
        System.out.println(Arrays.toString(values));
        System.out.println(search(values, 19) + " " + search(values, 20));
        Random random = new Random(1);
        int inside = 0;
        do {
            inside += random.nextInt(3) >= 0 ? 1 : 0;
        } while (inside < 5);
        BiFunction<Integer, Integer, Integer> power = (base, exponent) -> {
            int result = 1;
            for (int i = 0; i < exponent; i++) {
                result *= base;
            }
            return result;
        };
        System.out.println(power.apply(2, 10) + inside);
    }
}
