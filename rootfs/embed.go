// Package rootfs holds the languages that come with nsbox: how their images are
// made and how their programs are built and run. docs/languages.md explains the
// format.
package rootfs

import "embed"

// Languages has one file languages/NAME.toml for every language.
//
//go:embed languages/*.toml
var Languages embed.FS
