package restapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox/daemon/compat"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

func (a *api) compatOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "yuubox-execute", Method: http.MethodPost, Path: "/execute", Tags: []string{tagCompat},
		Summary: "YuuBox: run a program and mend it", Description: "YuuBox's request and answer. Healing is on unless no_healing says otherwise.",
	}), func(ctx context.Context, in *struct{ B body[compat.YuuBoxRequest] }) (*struct{ Body compat.YuuBoxAnswer }, error) {
		req, err := in.B.In.Request()
		if err != nil {
			return nil, fail(ctx, err)
		}
		e, err := a.runToEnd(ctx, req)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body compat.YuuBoxAnswer }{compat.NewYuuBoxAnswer(a.svc.MainFile(e.Language), in.B.In.Code, *e.Result, took(e), a.opts.Analyzer)}, nil
	})
	a.describeBody("/execute", a.schema(compat.YuuBoxRequest{}), helloExample)

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "pybox-run", Method: http.MethodPost, Path: "/run", Tags: []string{tagCompat},
		Summary: "pybox: run Python with variables", Description: "pybox's request and answer: the keys of input are variables of the program, and its variable result comes back as JSON.",
	}), func(ctx context.Context, in *struct{ B body[compat.PyboxRequest] }) (*struct{ Body compat.PyboxAnswer }, error) {
		req, err := in.B.In.Request()
		if err != nil {
			return nil, fail(ctx, err)
		}
		e, err := a.runToEnd(ctx, req)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body compat.PyboxAnswer }{compat.NewPyboxAnswer(*e.Result, took(e))}, nil
	})
	a.describeBody("/run", a.schema(compat.PyboxRequest{}), map[string]any{"code": "result = x + y", "input": map[string]any{"x": 2, "y": 3}})
}

// runToEnd runs a program whose caller waits for its result.
func (a *api) runToEnd(ctx context.Context, req service.ExecuteRequest) (service.Execution, error) {
	req.RequestID = web.RequestIDOf(ctx)
	run, err := a.svc.Execute(ctx, web.PrincipalOf(ctx), req)
	if err != nil {
		return service.Execution{}, err
	}
	defer run.Release()
	e, err := run.Wait(ctx)
	if err != nil {
		return service.Execution{}, err
	}
	return e, executionError(e)
}

// took is how long a program took with all its runs, without the queue.
func took(e service.Execution) time.Duration {
	if e.Started.IsZero() || e.Finished.IsZero() {
		return 0
	}
	return e.Finished.Sub(e.Started)
}
