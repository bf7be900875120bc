package restapi

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// QueryInput are the parameters that select executions.
type QueryInput struct {
	Language string    `query:"language" doc:"A language or an alias of it"`
	Verdict  string    `query:"verdict" doc:"How the program ended: ok, nonzero, wall_timeout, ..."`
	State    string    `query:"state" enum:"queued,running,done,lost"`
	Owner    string    `query:"owner" doc:"A user's id, or me"`
	Batch    string    `query:"batch" doc:"A batch's id"`
	Sandbox  string    `query:"sandbox" doc:"A sandbox's id"`
	Text     string    `query:"q" maxLength:"200" doc:"Looked for in code, output and errors"`
	From     time.Time `query:"from" doc:"Made at this time or later"`
	To       time.Time `query:"to" doc:"Made before this time"`
}

func (q QueryInput) query() service.Query {
	return service.Query{
		Language: q.Language, Verdict: q.Verdict, State: q.State, Owner: q.Owner, Batch: q.Batch, Sandbox: q.Sandbox,
		Text: q.Text, From: q.From, To: q.To,
	}
}

type listInput struct {
	QueryInput
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"The most executions of the page"`
}

type IDInput struct {
	ID string `path:"id" maxLength:"64" doc:"The id"`
}

type executionOutput struct{ Body service.Execution }

func (a *api) executionOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "list-executions", Method: http.MethodGet, Path: "/api/v1/executions", Tags: []string{tagHistory},
		Summary: "Search the history", Description: "Newest first. Users see what they ran, operators and viewers everything.",
	}), func(ctx context.Context, in *listInput) (*struct{ Body service.Page }, error) {
		q := in.query()
		q.Cursor, q.Limit = in.Cursor, in.Limit
		page, err := a.svc.Executions(ctx, web.PrincipalOf(ctx), q)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body service.Page }{page}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "get-execution", Method: http.MethodGet, Path: "/api/v1/executions/{id}", Tags: []string{tagHistory},
		Summary: "One execution with its result",
	}), func(ctx context.Context, in *IDInput) (*executionOutput, error) {
		e, err := a.svc.Execution(ctx, web.PrincipalOf(ctx), in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &executionOutput{e}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "cancel-execution", Method: http.MethodDelete, Path: "/api/v1/executions/{id}", Tags: []string{tagHistory},
		Summary: "Cancel an execution", Description: "Ends the program with everything that it has started. One that has ended stays as it is. Its record is kept.",
	}), func(ctx context.Context, in *IDInput) (*executionOutput, error) {
		e, err := a.svc.DeleteExecution(ctx, web.PrincipalOf(ctx), in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &executionOutput{e}, nil
	})

	a.eventsOperation()
	a.artifactOperation()
}

func (a *api) eventsOperation() {
	type input struct {
		IDInput
		// Both are read by lastEventID, and here to be described and checked.
		LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"The last event that the client has"`
		After       int64 `query:"after" minimum:"0" doc:"The same, for clients that can't set headers"`
	}
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "stream-events", Method: http.MethodGet, Path: "/api/v1/executions/{id}/events", Tags: []string{tagHistory},
		Summary:     "Follow an execution's events",
		Description: "Server-Sent Events: first those that are kept, then those that come. An event's id is its seq; with Last-Event-ID only what follows comes. " + slowDescription,
		Responses:   map[string]*huma.Response{"200": {Description: "The events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: a.schema(Event{})}}}},
	}), func(ctx context.Context, in *input) (*streamed, error) {
		run, err := a.svc.Attach(ctx, web.PrincipalOf(ctx), in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &streamed{Body: func(hc huma.Context) {
			defer run.Release()
			r, w := humago.Unwrap(hc)
			a.stream(w, r, run, lastEventID(r))
		}}, nil
	})
}

// artifactOperation is apart from huma's router because a path has slashes.
func (a *api) artifactOperation() {
	a.raw(huma.Operation{
		OperationID: "get-artifact", Method: http.MethodGet, Path: "/api/v1/executions/{id}/artifacts/{path}", Tags: []string{tagHistory},
		Summary: "A file that the program left", Description: "Ask for artifacts when the program is run; the result lists them.",
		Parameters: []*huma.Param{pathParam("id", "The execution"), pathParam("path", "The file, relative to /workspace")},
		Responses:  map[string]*huma.Response{"200": fileResponse("The file")},
	}, "/api/v1/executions/{id}/artifacts/{path...}", func(w http.ResponseWriter, r *http.Request) error {
		art, f, err := a.svc.Artifact(r.Context(), web.PrincipalOf(r.Context()), r.PathValue("id"), r.PathValue("path"))
		if err != nil {
			return err
		}
		defer f.Close()
		fileHeaders(w.Header(), art.Path, art.MIMEType)
		w.Header().Set("ETag", strconv.Quote(art.SHA256))
		http.ServeContent(w, r, "", time.Time{}, f)
		return nil
	})
}

// fileHeaders are those of a file that a program made: it is never shown as a
// page of this daemon, whatever it says that it is.
func fileHeaders(h http.Header, name, mime string) {
	if mime == "" {
		mime = "application/octet-stream"
	}
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(path.Base(name)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-cache")
}
