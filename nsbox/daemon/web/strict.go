package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/internal/suggest"
)

// Decode reads body, one JSON value and nothing after it, into v, which is a
// pointer to a struct. Names that v does not have are refused, with the name
// that was probably meant. The error is a *service.Error of one sentence.
func Decode(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return bad("the body is empty; send a JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return explain(body, v, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return bad("something follows the JSON object; send one object alone")
	}
	return nil
}

// TooLarge is the refusal of a body of more than limit bytes.
func TooLarge(limit nsbox.Size) error {
	return &service.Error{Code: service.CodeTooLarge, Message: fmt.Sprintf("the body is larger than %s, which is the limit", limit)}
}

func bad(format string, args ...any) error {
	return &service.Error{Code: service.CodeBadRequest, Message: fmt.Sprintf(format, args...)}
}

// explain says in one sentence why body does not fit v.
func explain(body []byte, v any, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return bad("the body is not JSON: %v, at byte %d", err, e.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return bad("the body is not JSON: it ends in the middle of a value")
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return bad("the body is %s; send a JSON object", kindOfJSON(e.Value))
		}
		return bad("%q must be %s, not %s", e.Field, kindOfGo(e.Type), kindOfJSON(e.Value))
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		name = strings.Trim(name, `"`)
		known := fieldNames(reflect.TypeOf(v))
		if near := nearest(name, known); near != "" {
			return bad("there is no field %q; did you mean %q?", name, near)
		}
		return bad("there is no field %q; there are %s", name, strings.Join(topLevel(reflect.TypeOf(v)), ", "))
	}
	// A type of ours refused its text. Its sentence does not say where.
	if field := culprit(body, v); field != "" {
		return bad("%q: %v", field, err)
	}
	return bad("%v", err)
}

// nearest is the known name that was probably meant: one that is a slip of the
// finger away, or that goes on where name ends.
func nearest(name string, known []string) string {
	if near := suggest.Nearest(name, known); near != "" {
		return near
	}
	for _, k := range known {
		if strings.HasPrefix(k, name+"_") || strings.HasPrefix(name, k+"_") {
			return k
		}
	}
	return ""
}

// culprit finds the top-level field of body that v does not take, by trying each
// alone.
func culprit(body []byte, v any) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return ""
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		one, err := json.Marshal(map[string]json.RawMessage{name: fields[name]})
		if err != nil {
			continue
		}
		if json.Unmarshal(one, reflect.New(reflect.TypeOf(v).Elem()).Interface()) != nil {
			return name
		}
	}
	return ""
}

// fieldNames lists the JSON names of t and of what is below it.
func fieldNames(t reflect.Type) []string {
	var names []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for _, f := range reflect.VisibleFields(t) {
			if name := jsonName(f); name != "" {
				names = append(names, name)
			}
			walk(f.Type)
		}
	}
	walk(t)
	return names
}

func topLevel(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var names []string
	if t.Kind() != reflect.Struct {
		return names
	}
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func jsonName(f reflect.StructField) string {
	tag := f.Tag.Get("json")
	if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" {
		return ""
	}
	name, _, _ := strings.Cut(tag, ",")
	if name == "" {
		name = f.Name
	}
	return name
}

func kindOfJSON(value string) string {
	switch kind, number, _ := strings.Cut(value, " "); kind {
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "string":
		return "a string"
	default:
		if number == "" {
			return "a number"
		}
		return "the number " + number
	}
}

func kindOfGo(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	default:
		return "a string"
	}
}
