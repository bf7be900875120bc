// Command nsbox-healer asks a language model to mend a program.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/heal/models"
)

func main() { os.Exit(models.Main(os.Args)) }
