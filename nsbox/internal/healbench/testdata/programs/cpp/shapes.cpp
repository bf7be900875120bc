#include <cmath>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

class Shape {
public:
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual std::string label() const { return "shape"; }
};

class Circle : public Shape {
public:
    explicit Circle(double radius) : radius_(radius) {}
    double area() const override { return M_PI * radius_ * radius_; }
    std::string label() const override { return "circle"; }

private:
    double radius_;
};

class Box : public Shape {
public:
    Box(double width, double height) : width_(width), height_(height) {}
    double area() const override { return width_ * height_; }

protected:
    double width_, height_;
};

template <typename T>
T largest(const std::vector<T>& values) {
    T best = values.front();
    for (const T& value : values) {
        if (value > best) {
            best = value;
        }
    }
    return best;
}

std::string join(const std::vector<int>& values, const std::string& separator) {
    std::ostringstream out;
    for (size_t i = 0; i < values.size(); ++i) {
        if (i > 0) {
            out << separator;
        }
        out << values[i];
    }
    return out.str();
}

int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<Circle>(1.5));
    shapes.push_back(std::make_unique<Box>(2.0, 3.5));
    std::vector<double> areas;
    for (const auto& shape : shapes) {
        areas.push_back(shape->area());
        std::cout << shape->label() << " " << std::round(shape->area() * 100) / 100 << std::endl;
    }
    std::cout << "largest " << largest(areas) << "\n";
    std::cout << join({3, 1, 4, 1, 5}, ", ") << "\n";
    return 0;
}
