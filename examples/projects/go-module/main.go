// A project of several files and packages:
//
//	nsbox exec examples/projects/go-module -- Ada
package main

import (
	"fmt"
	"os"

	"example.org/project/greet"
)

func main() {
	name := "nobody"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	fmt.Println(greet.Hello(name))
}
