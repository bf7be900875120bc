package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// newHuma makes the registry of operations on mux.
func (a *api) newHuma(mux *http.ServeMux) huma.API {
	cfg := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "nsbox", Version: a.opts.Version,
				Description: description,
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Tags: tags,
			Components: &huma.Components{
				Schemas: newRegistry(),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"key":    {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "An API key"},
					"bearer": {Type: "http", Scheme: "bearer", Description: "A token from /api/v1/auth/login, or an API key"},
				},
			},
			// Without credentials a daemon on loopback takes callers as role user.
			Security: []map[string][]string{{"key": {}}, {"bearer": {}}, {}},
		},
		Formats:      map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		Transformers: []huma.Transformer{problems},
	}
	cfg.DefaultFormat = "application/json"
	cfg.AllowAdditionalPropertiesByDefault = true
	return huma.NewAPI(cfg, humago.NewAdapter(mux, ""))
}

// jsonFormat writes JSON in one piece: a client that goes away in the middle of
// it is nobody's failure.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return err
		}
		_, _ = w.Write(buf.Bytes())
		return nil
	},
	Unmarshal: func(data []byte, v any) error { return web.Decode(data, v) },
}

// problems turns huma's own refusals into ours.
func problems(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	detail := e.Detail
	if len(e.Errors) > 0 && e.Errors[0] != nil {
		detail = e.Errors[0].Message
		// "query.limit": the caller knows where the query is.
		if _, name, ok := strings.Cut(e.Errors[0].Location, "."); ok {
			detail = name + ": " + detail
		}
	}
	r, _ := humago.Unwrap(ctx)
	return web.StatusProblem(r.Context(), e.Status, detail), nil
}

// fail is what a handler returns for err.
func fail(ctx context.Context, err error) error {
	p := web.ProblemOf(ctx, err)
	return huma.ErrorWithHeaders(p, p.GetHeaders())
}

// body is the JSON body of a request. It is a field of the input of an
// operation, and huma calls Resolve for it.
type body[T any] struct {
	In T `json:"-"`
	// Raw is the body as it came.
	Raw []byte `json:"-"`
}

// Resolve reads the body.
func (b *body[T]) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	raw, err := web.ReadBody(w, r, bodyLimit(r.Context()))
	if err == nil {
		b.Raw = raw
		if p, ok := any(&b.In).(interface{ read([]byte) error }); ok {
			err = p.read(raw)
		} else {
			err = web.Decode(raw, &b.In)
		}
	}
	if err != nil {
		return []error{&resolveError{web.Status(service.AsError(err).Code), err}}
	}
	return nil
}

// resolveError carries a status through huma.
type resolveError struct {
	status int
	err    error
}

func (e *resolveError) Error() string  { return e.err.Error() }
func (e *resolveError) GetStatus() int { return e.status }
func (e *resolveError) Unwrap() error  { return e.err }

// newRegistry knows the types whose JSON is not what their fields say.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	alias := func(from, to any) { r.RegisterTypeAlias(reflect.TypeOf(from), reflect.TypeOf(to)) }
	alias(nsbox.Duration(0), durationSchema{})
	alias(nsbox.Size(0), sizeSchema{})
	alias(service.Artifacts(""), artifactsSchema{})
	alias(nsbox.Result{}, Result{})
	alias(nsbox.StageResult{}, StageResult{})
	alias(nsbox.Event{}, Event{})
	alias(compat.Answer{}, Answer{})
	alias(huma.ErrorModel{}, web.Problem{})
	return r
}

// schemaNames are those of types whose own name another has, too.
var schemaNames = map[reflect.Type]string{
	reflect.TypeFor[service.Limits]():     "ServerLimits",
	reflect.TypeFor[service.Health]():     "ServiceHealth",
	reflect.TypeFor[service.Config]():     "ServiceConfig",
	reflect.TypeFor[service.Tokens]():     "ServiceTokens",
	reflect.TypeFor[service.KeyRequest](): "ServiceKeyRequest",
}

// schemaName is the type's own name: the package is an inner matter.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		if t.Name() != "" {
			break
		}
		t = t.Elem()
	}
	if name, ok := schemaNames[t]; ok {
		return name
	}
	if name := t.Name(); name != "" && !strings.Contains(name, "[") {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// The documented forms of types that write their own JSON.
type (
	durationSchema  struct{}
	sizeSchema      struct{}
	artifactsSchema struct{}
)

func (durationSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "A number with ms, s, m or h; a bare number is seconds",
		OneOf:       []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeNumber}},
		Examples:    []any{"10s"},
	}
}

func (sizeSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "A number with KiB, MiB or GiB; a bare number is bytes",
		OneOf:       []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeInteger}},
		Examples:    []any{"128MiB"},
	}
}

func (artifactsSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: `Whether files that the program leaves under /workspace are kept (true), and are in the result, too ("data")`,
		OneOf:       []*huma.Schema{{Type: huma.TypeBoolean}, {Type: huma.TypeString, Enum: []any{"data"}}},
	}
}

// closeBodies marks the schemas of requests as closed: what they don't name is
// refused. Those of answers stay open, since answers may gain fields.
func closeBodies(oapi *huma.OpenAPI) {
	seen := map[string]bool{}
	var walk func(*huma.Schema)
	walk = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if s.Ref != "" {
			if seen[s.Ref] {
				return
			}
			seen[s.Ref] = true
			s = oapi.Components.Schemas.SchemaFromRef(s.Ref)
		}
		if s.Properties != nil {
			s.AdditionalProperties = false
		}
		walk(s.Items)
		for _, p := range s.Properties {
			walk(p)
		}
		for _, list := range [][]*huma.Schema{s.OneOf, s.AnyOf, s.AllOf} {
			for _, p := range list {
				walk(p)
			}
		}
	}
	for _, p := range oapi.Paths {
		for _, op := range []*huma.Operation{p.Post, p.Put, p.Patch} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, m := range op.RequestBody.Content {
				walk(m.Schema)
			}
		}
	}
}
