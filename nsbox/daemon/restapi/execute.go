package restapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// executeBody is a request to run a program, in one of the shapes that share
// the path: the native one, of which Sandbox Executor's is a part, and SoulBox's.
type executeBody struct{ req service.ExecuteRequest }

func (b *executeBody) read(raw []byte) error {
	if !compat.IsSoulBox(raw) {
		return web.Decode(raw, &b.req)
	}
	var soul compat.SoulBoxRequest
	err := web.Decode(raw, &soul)
	if err == nil {
		b.req, err = soul.Request()
	}
	return err
}

// ExecuteInput is what a request to run a program comes with.
type ExecuteInput struct {
	Keyed
	B body[executeBody]
}

// streamed is an answer that a handler writes itself.
type streamed struct{ Body func(huma.Context) }

func (a *api) executeOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "execute", Method: http.MethodPost, Path: "/api/v1/execute", Tags: []string{tagExecute},
		Summary: "Run one program", Description: executeDescription,
		Responses: a.executeResponses(),
	}), func(ctx context.Context, in *ExecuteInput) (*streamed, error) {
		return a.execute(ctx, in.B.In.req, in.Key)
	})
	a.describeBody("/api/v1/execute", a.executeRequestSchema(), helloExample)
}

// execute runs a program and answers in the way that was asked for: with its
// result, with its events as they come, or, detached, at once.
func (a *api) execute(ctx context.Context, req service.ExecuteRequest, key string) (*streamed, error) {
	req.RequestID = web.RequestIDOf(ctx)
	run, replayed, err := a.startOnce(ctx, req, key)
	if err != nil {
		return nil, fail(ctx, err)
	}
	return &streamed{Body: func(hc huma.Context) {
		// A caller who goes away has its program ended, unless it is detached.
		defer run.Release()
		r, w := humago.Unwrap(hc)
		w.Header().Set("X-Execution-ID", run.ID())
		if replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		switch {
		case wantsEvents(r):
			a.stream(w, r, run, lastEventID(r))
		case req.Detach:
			w.Header().Set("Location", "/api/v1/executions/"+run.ID())
			writeJSON(w, http.StatusAccepted, run.Execution())
		default:
			e, err := run.Wait(r.Context())
			if err == nil {
				err = executionError(e)
			}
			if err != nil {
				web.Error(w, r, err)
				return
			}
			writeJSON(w, http.StatusOK, compat.NewAnswer(*e.Result))
		}
	}}, nil
}

// executionError is nsbox's failure at e, nil where there is a result.
func executionError(e service.Execution) error {
	if err := e.Err(); err != nil {
		return err
	}
	if e.Result == nil {
		return &service.Error{Code: service.CodeNotFound, Message: "the result of this execution is no longer kept"}
	}
	return nil
}

// lastEventID is where a stream goes on: after the event of that id, which
// browsers send by themselves, or after the query's number.
func lastEventID(r *http.Request) int64 {
	for _, s := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")} {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// writeJSON writes an answer of a handler that writes its own.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = jsonFormat.Marshal(w, v)
}
