package main

import "fmt"

type Number interface {
	~int | ~float64
}

type Node[T Number] struct {
	Value       T
	Left, Right *Node[T]
}

func (n *Node[T]) Insert(value T) *Node[T] {
	if n == nil {
		return &Node[T]{Value: value}
	}
	if value < n.Value {
		n.Left = n.Left.Insert(value)
	} else {
		n.Right = n.Right.Insert(value)
	}
	return n
}

func (n *Node[T]) Walk(visit func(T)) {
	if n == nil {
		return
	}
	n.Left.Walk(visit)
	visit(n.Value)
	n.Right.Walk(visit)
}

func depth[T Number](n *Node[T]) int {
	if n == nil {
		return 0
	}
	return 1 + max(depth(n.Left), depth(n.Right))
}

func sum[T Number](values []T) T {
	var total T
	for _, v := range values {
		total += v
	}
	return total
}

func main() {
	var root *Node[int]
	for _, v := range []int{50, 30, 70, 20, 40, 60, 80} {
		root = root.Insert(v)
	}
	var values []int
	root.Walk(func(v int) { values = append(values, v) })
	fmt.Println(values, "depth", depth(root), "sum", sum(values))
	matrix := [2][3]float64{{1, 2, 3}, {4, 5, 6}}
	for row := range matrix {
		fmt.Println("row", row, sum(matrix[row][:]))
	}
}
