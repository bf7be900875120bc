package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/language"
	"github.com/nsbox/nsbox/rootfs"
)

// languages reads all language files. A user's file that is broken is reported
// and left out: the others still work.
func (a *App) languages() (*language.Registry, error) {
	builtin, err := fs.Sub(rootfs.Languages, "languages")
	if err != nil {
		return nil, err
	}
	known, problems := language.Load(builtin, language.UserDir)
	if known == nil {
		return nil, errors.Join(problems...)
	}
	for _, p := range problems {
		a.out.say("%v", p)
	}
	return known, nil
}

// languageError words an unknown language: what is wrong, then what was meant.
func languageError(err error) error {
	var unknown *language.UnknownError
	if !errors.As(err, &unknown) {
		return &userError{message: trimClass(err), class: err}
	}
	e := &userError{message: fmt.Sprintf("unknown language %q", unknown.Name), class: err}
	if unknown.Suggestion != "" {
		return hint(e, "did you mean %q?", unknown.Suggestion)
	}
	return hint(e, "there are %s", strings.Join(unknown.Known, ", "))
}

// trimClass leaves the words out that only mark an error's class.
func trimClass(err error) string {
	text := err.Error()
	for _, class := range []error{nsbox.ErrBadRequest, nsbox.ErrLanguage, nsbox.ErrUnsupported, nsbox.ErrNoSandbox, nsbox.ErrBusy, nsbox.ErrPaused, nsbox.ErrQuota} {
		if prefix := class.Error() + ": "; len(text) > len(prefix) && text[:len(prefix)] == prefix {
			return text[len(prefix):]
		}
	}
	return text
}
