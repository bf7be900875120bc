package main

import (
	"bufio"
	"fmt"
	"sort"
	"strings"
	"unicode"
)

const text = `the quick brown fox
jumps over the lazy dog
The dog sleeps, the fox runs`

type pair struct {
	word  string
	count int
}

func count(input string) map[string]int {
	counts := map[string]int{}
	scanner := bufio.NewScanner(strings.NewReader(input))
	for scanner.Scan() {
		fields := strings.FieldsFunc(scanner.Text(), func(r rune) bool {
			return !unicode.IsLetter(r)
		})
		for _, field := range fields {
			counts[strings.ToLower(field)]++
		}
	}
	return counts
}

func top(counts map[string]int, n int) []pair {
	pairs := make([]pair, 0, len(counts))
	for word, c := range counts {
		pairs = append(pairs, pair{word, c})
	}
	sort.Slice(pairs, func(i, j int) bool {
		if pairs[i].count != pairs[j].count {
			return pairs[i].count > pairs[j].count
		}
		return pairs[i].word < pairs[j].word
	})
	if len(pairs) > n {
		pairs = pairs[:n]
	}
	return pairs
}

func reverse(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func main() {
	counts := count(text)
	fmt.Println(len(counts), "different words")
	for _, p := range top(counts, 3) {
		fmt.Printf("%s: %d (%s)\n", p.word, p.count, reverse(p.word))
	}
}
