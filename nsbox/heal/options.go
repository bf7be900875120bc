// Package heal puts together what healing needs: the analyzers of all
// languages and the healers by their names.
package heal

import (
	"errors"
	"io/fs"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/analyze"
	"github.com/nsbox/nsbox/nsbox/heal/rules"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
)

// Options returns the options of a healing without a network: the analyzers of
// all languages that this host has, their check commands, and the rules. The
// error names a language file that is broken.
func Options() (nsbox.Options, error) {
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		return nsbox.Options{}, err
	}
	known, problems := language.Load(builtin, language.UserDir)
	if err := errors.Join(problems...); err != nil {
		return nsbox.Options{}, err
	}
	return nsbox.Options{
		Analyzer: analyze.New(known), Healers: []nsbox.Healer{rules.New()}, HasCheck: HasCheck(known),
	}, nil
}

// HasCheck returns a function that tells whether a language of known has a check
// command.
func HasCheck(known *language.Registry) func(string) bool {
	return func(name string) bool {
		l, err := known.Lookup(name)
		return err == nil && l.Check != nil
	}
}
