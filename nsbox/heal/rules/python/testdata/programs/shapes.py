from abc import ABC, abstractmethod
from math import pi, sqrt
from typing import List, Optional


class Shape(ABC):
    def __init__(self, name: str):
        self.name = name

    @abstractmethod
    def area(self) -> float:
        ...

    @property
    def label(self):
        return f"{self.name} ({self.area():.1f})"


class Circle(Shape):
    def __init__(self, radius):
        super().__init__("circle")
        self.radius = radius

    def area(self):
        return pi * self.radius ** 2


class Triangle(Shape):
    def __init__(self, a, b, c):
        super().__init__("triangle")
        self.sides = (a, b, c)

    def area(self):
        a, b, c = self.sides
        s = (a + b + c) / 2
        return sqrt(s * (s - a) * (s - b) * (s - c))


def largest(shapes: List[Shape]) -> Optional[Shape]:
    best = None
    for shape in shapes:
        if best is None or shape.area() > best.area():
            best = shape
    return best


shapes = [Circle(1), Triangle(3, 4, 5), Circle(1.2)]
for shape in shapes:
    print(shape.label)
print("largest:", largest(shapes).label)
print(isinstance(shapes[0], Shape), largest([]) is None)
