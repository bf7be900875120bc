class Shape {
  constructor(name) {
    this.name = name;
  }

  area() {
    throw new Error("not implemented");
  }

  describe() {
    return `${this.name} with area ${this.area().toFixed(2)}`;
  }
}

class Circle extends Shape {
  constructor(radius) {
    super("circle");
    this.radius = radius;
  }

  area() {
    return Math.PI * this.radius ** 2;
  }
}

class Rectangle extends Shape {
  constructor(width, height) {
    super("rectangle");
    this.width = width;
    this.height = height;
  }

  area() {
    return this.width * this.height;
  }

  static square(side) {
    return new Rectangle(side, side);
  }
}

const shapes = [new Circle(1.5), new Rectangle(2, 3.5), Rectangle.square(4)];
shapes.sort((a, b) => a.area() - b.area());
for (const shape of shapes) {
  console.log(shape.describe());
}
const totalArea = shapes.map((shape) => shape.area()).reduce((a, b) => a + b, 0);
console.log("total area:", Math.round(totalArea));
console.log(shapes.some((shape) => shape instanceof Circle), shapes.every((s) => s.area() > 5));
