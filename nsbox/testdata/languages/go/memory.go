package main

import "fmt"

func main() {
	var kept [][]byte
	for {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1 // so that the page is really there
		}
		kept = append(kept, b)
		if len(kept) > 1<<20 {
			fmt.Println(len(kept)) // keeps the compiler from dropping it all
		}
	}
}
