package restapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

const metricsPermission = auth.StatsAny

const (
	tagExecute   = "execute"
	tagHistory   = "history"
	tagSandboxes = "sandboxes"
	tagAccess    = "access"
	tagAdmin     = "admin"
	tagInfo      = "info"
	tagCompat    = "compatibility"
)

var tags = []*huma.Tag{
	{Name: tagExecute, Description: "Run programs"},
	{Name: tagHistory, Description: "What ran, its events and files; cancelling"},
	{Name: tagSandboxes, Description: "Sandboxes that live on. /api/v1/containers is the same under another name"},
	{Name: tagAccess, Description: "Log in, API keys"},
	{Name: tagAdmin, Description: "Users, limits, the audit log"},
	{Name: tagInfo, Description: "Health, configuration, languages, statistics"},
	{Name: tagCompat, Description: "The requests of YuuBox and pybox. Sandbox Executor's and SoulBox's are taken at /api/v1/execute"},
}

const description = `Runs programs in sandboxes of their own.

A program's failure is no failure of the request: the status is 200 and the result's verdict says how the program ended. Other statuses are about the request; they come as problem JSON (RFC 9457) with a code and a request_id, 429 and 503 with Retry-After.

Credentials are an API key in X-API-Key, or a token or key as Authorization: Bearer. Over loopback a daemon takes callers without credentials as role user, unless it is configured otherwise.

Durations are numbers with a unit ("10s", "250ms"), sizes too ("128MiB"); bare numbers are seconds and bytes.

A WebSocket is at /ws, metrics at /metrics.`

const executeDescription = `Answers with the result when the program has ended. With "Accept: text/event-stream" the events come as they happen, the last of them with the result; with "detach": true the answer comes at once, and the execution is asked for later.

A caller who goes away ends the program, unless it is detached or the request has an Idempotency-Key.

The answer has the fields of Sandbox Executor beside the native ones. A request with runtime in place of language is SoulBox's: its timeout is in milliseconds.

` + slowDescription

const slowDescription = `A reader that is slower than the program never slows it down: where events that it did not get are no longer kept, the stream ends with an error event of code gap, whose id says where to go on.`

// helloExample is what the page's "Try it out" has to begin with.
var helloExample = map[string]any{"language": "python", "code": "print('hello')"}

// schema is the reference to v's schema.
func (a *api) schema(v any) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
}

// executeRequestSchema is of the two shapes that one path takes. It has a name,
// because generators make better types of what has one.
func (a *api) executeRequestSchema() *huma.Schema {
	const name = "ProgramRequest"
	a.huma.OpenAPI().Components.Schemas.Map()[name] = &huma.Schema{
		OneOf: []*huma.Schema{a.schema(service.ExecuteRequest{}), a.schema(compat.SoulBoxRequest{})},
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

func (a *api) executeResponses() map[string]*huma.Response {
	return map[string]*huma.Response{
		"200": {Description: "The program ended, well or not", Content: map[string]*huma.MediaType{
			"application/json":  {Schema: a.schema(compat.Answer{})},
			"text/event-stream": {Schema: a.schema(Event{})},
		}},
		"202": {Description: "It runs detached", Content: map[string]*huma.MediaType{"application/json": {Schema: a.schema(service.Execution{})}}},
	}
}

// document gives op the refusals that every operation can have.
func (a *api) document(op huma.Operation) huma.Operation {
	statuses := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	problem := a.schema(web.Problem{})
	for _, s := range statuses {
		key := strconv.Itoa(s)
		if op.Responses[key] == nil {
			op.Responses[key] = &huma.Response{
				Description: http.StatusText(s),
				Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: problem}},
			}
		}
	}
	return op
}

// public is document for an operation that needs no credentials.
func (a *api) public(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{}}
	return a.document(op)
}

// describeBody puts the body that handlers read themselves into the description.
func (a *api) describeBody(path string, schema *huma.Schema, example any) {
	item := a.huma.OpenAPI().Paths[path]
	media := &huma.MediaType{Schema: schema}
	if example != nil {
		media.Example = example
	}
	for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch} {
		if op != nil {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": media}}
		}
	}
}

// raw registers a handler that reads or writes something else than JSON. pattern
// is the mux's, where it is not the method and path of op.
func (a *api) raw(op huma.Operation, pattern string, h func(http.ResponseWriter, *http.Request) error) {
	op = a.document(op)
	if !op.Hidden {
		a.huma.OpenAPI().AddOperation(&op)
	}
	shown := op.Path
	op.Path = pattern
	a.huma.Adapter().Handle(&op, func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		if err := h(w, r); err != nil {
			web.Error(w, r, err)
		}
	})
	op.Path = shown
}

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

func fileResponse(doc string) *huma.Response {
	return &huma.Response{Description: doc, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

// describe serves the description, made once: it does not change.
func (a *api) describe(mux *http.ServeMux) {
	asJSON, err := json.Marshal(a.huma.OpenAPI())
	if err == nil {
		var asYAML []byte
		asYAML, err = a.huma.OpenAPI().YAML()
		if err == nil {
			serve := func(kind string, b []byte) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", kind)
					w.Header().Set("X-Content-Type-Options", "nosniff")
					w.Header().Set("Cache-Control", "no-cache")
					_, _ = w.Write(b)
				}
			}
			mux.HandleFunc("GET /openapi.json", serve("application/json", asJSON))
			mux.HandleFunc("GET /openapi.yaml", serve("application/yaml", asYAML))
			return
		}
	}
	// The description is made of this package's own types: it is made or the
	// program is wrong.
	panic("restapi: the description: " + strings.TrimSpace(err.Error()))
}
