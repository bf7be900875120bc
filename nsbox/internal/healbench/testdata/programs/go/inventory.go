package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

type Item struct {
	Name     string
	Quantity int
	Price    float64
}

type Store struct {
	items map[string]*Item
}

var ErrShort = errors.New("not enough in stock")

func NewStore() *Store {
	return &Store{items: make(map[string]*Item)}
}

func (s *Store) Add(name string, quantity int, price float64) {
	if item, ok := s.items[name]; ok {
		item.Quantity += quantity
		return
	}
	s.items[name] = &Item{Name: name, Quantity: quantity, Price: price}
}

func (s *Store) Take(name string, quantity int) error {
	item, ok := s.items[name]
	if !ok {
		return fmt.Errorf("no item %q", name)
	}
	if item.Quantity < quantity {
		return fmt.Errorf("take %d of %s: %w", quantity, name, ErrShort)
	}
	item.Quantity -= quantity
	return nil
}

func (s *Store) Report() []string {
	var names []string
	for name := range s.items {
		names = append(names, name)
	}
	sort.Strings(names)
	lines := make([]string, 0, len(names))
	for _, name := range names {
		item := s.items[name]
		lines = append(lines, fmt.Sprintf("%-8s %3d %7.2f", item.Name, item.Quantity, float64(item.Quantity)*item.Price))
	}
	return lines
}

func main() {
	store := NewStore()
	store.Add("bolts", 40, 0.25)
	store.Add("nuts", 12, 0.1)
	store.Add("bolts", 10, 0.25)
	if err := store.Take("nuts", 20); errors.Is(err, ErrShort) {
		fmt.Println("refused:", err)
	}
	if err := store.Take("screws", 1); err != nil {
		fmt.Println("refused:", err)
	}
	if err := store.Take("bolts", 5); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(strings.Join(store.Report(), "\n"))
}
