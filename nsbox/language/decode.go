package language

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// MaxFileSize is the size in bytes of the largest language file that is read.
const MaxFileSize = 256 << 10

// Decode reads the definition of the language name, which is its file's name
// without .toml. It is strict: a key that nsbox doesn't know, or a value that
// isn't allowed, is an error that says where and what would be.
func Decode(name string, data []byte) (*Language, error) {
	if len(data) > MaxFileSize {
		return nil, fmt.Errorf("%s.toml has %d bytes; at most %d are allowed", name, len(data), MaxFileSize)
	}
	l := new(Language)
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(l); err != nil {
		return nil, fmt.Errorf("%s.toml: %w", name, describe(err))
	}
	if l.Name == "" {
		l.Name = name
	}
	if l.Name != name {
		return nil, fmt.Errorf("%s.toml: name is %q; the file's name says %q", name, l.Name, name)
	}
	if err := l.validate(); err != nil {
		return nil, fmt.Errorf("%s.toml: %w", name, err)
	}
	return l, nil
}

// describe turns the decoder's error into one line with the place.
func describe(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		row, _ := unknown.Errors[0].Position()
		return fmt.Errorf("line %d: unknown key %s", row, strings.Join(unknown.Errors[0].Key(), "."))
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, _ := wrong.Position()
		msg := strings.TrimPrefix(wrong.Error(), "toml: ")
		if key := strings.Join(wrong.Key(), "."); key != "" {
			return fmt.Errorf("line %d: %s: %s", row, key, msg)
		}
		return fmt.Errorf("line %d: %s", row, msg)
	}
	return err
}
