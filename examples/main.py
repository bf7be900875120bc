# Reads lines of numbers and prints their sums:
#   printf '1 2 3\n4 5\n' | nsbox exec examples/main.py
import sys

total = 0
for line in sys.stdin:
    numbers = [int(word) for word in line.split()]
    print(sum(numbers))
    total += sum(numbers)
print("total", total)
