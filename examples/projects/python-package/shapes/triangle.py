from math import hypot


def hypotenuse(a, b):
    return hypot(a, b)
