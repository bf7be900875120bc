package main

import (
	"os"
	"strings"
)

func main() {
	text := strings.Repeat("flood ", 100) + "\n"
	for {
		if _, err := os.Stdout.WriteString(text); err != nil {
			panic(err)
		}
	}
}
