// Command nsbox-helper is the privileged side of nsbox.
package main

import (
	"os"

	"github.com/nsbox/nsbox/nsbox/helper"
)

func main() { os.Exit(helper.Main(os.Args)) }
