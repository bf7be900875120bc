package main

import (
	"fmt"
	"math"
)

type Shape interface {
	Area() float64
	Perimeter() float64
}

type Rectangle struct {
	Width, Height float64
}

type Circle struct {
	Radius float64
}

func (r Rectangle) Area() float64      { return r.Width * r.Height }
func (r Rectangle) Perimeter() float64 { return 2 * (r.Width + r.Height) }

func (c Circle) Area() float64      { return math.Pi * c.Radius * c.Radius }
func (c Circle) Perimeter() float64 { return 2 * math.Pi * c.Radius }

func (c Circle) String() string { return fmt.Sprintf("circle(%.1f)", c.Radius) }

func largest(shapes []Shape) (Shape, float64) {
	var best Shape
	area := 0.0
	for _, shape := range shapes {
		if a := shape.Area(); a > area {
			best, area = shape, a
		}
	}
	return best, area
}

func describe(s Shape) string {
	switch v := s.(type) {
	case Rectangle:
		return fmt.Sprintf("%gx%g", v.Width, v.Height)
	case Circle:
		return v.String()
	default:
		return "unknown"
	}
}

func main() {
	shapes := []Shape{
		Rectangle{Width: 3, Height: 4},
		Circle{Radius: 2.5},
		Rectangle{Width: 1, Height: 9},
	}
	total := 0.0
	for i, shape := range shapes {
		fmt.Printf("%d %s %.2f %.2f\n", i, describe(shape), shape.Area(), shape.Perimeter())
		total += shape.Area()
	}
	best, area := largest(shapes)
	fmt.Printf("largest %s with %.1f of %.1f\n", describe(best), area, total)
}
