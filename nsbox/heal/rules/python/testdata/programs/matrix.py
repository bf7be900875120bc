import math


def identity(size):
    return [[1 if row == col else 0 for col in range(size)] for row in range(size)]


def multiply(left, right):
    rows, inner, cols = len(left), len(right), len(right[0])
    result = [[0] * cols for _ in range(rows)]
    for i in range(rows):
        for j in range(cols):
            for k in range(inner):
                result[i][j] += left[i][k] * right[k][j]
    return result


def power(matrix, exponent):
    result = identity(len(matrix))
    while exponent > 0:
        if exponent % 2 == 1:
            result = multiply(result, matrix)
        matrix = multiply(matrix, matrix)
        exponent //= 2
    return result


def rotation(degrees):
    angle = math.radians(degrees)
    return [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]


fib = power([[1, 1], [1, 0]], 30)
print("fib(30) =", fib[0][1])
quarter = rotation(90)
for row in quarter:
    print(" ".join("%6.3f" % value for value in row))
