package restapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// BatchRequest is the body of POST /api/v1/batches.
type BatchRequest struct {
	Executions []service.ExecuteRequest `json:"executions" minItems:"1" doc:"The programs; all are admitted, or none"`
}

type batchOutput struct {
	Location string `header:"Location"`
	Body     service.Batch
}

func (a *api) batchOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "create-batch", Method: http.MethodPost, Path: "/api/v1/batches", Tags: []string{tagExecute}, DefaultStatus: http.StatusAccepted,
		Summary: "Run many programs", Description: "All are admitted or none, and run detached. Ask for the batch, or follow the events of its executions.",
	}), func(ctx context.Context, in *struct {
		Keyed
		B body[BatchRequest]
	}) (*batchOutput, error) {
		b, err := once(ctx, a, in.Key, "batch", in.B.Raw, func() (service.Batch, error) {
			reqs := in.B.In.Executions
			for i := range reqs {
				reqs[i].RequestID = web.RequestIDOf(ctx)
			}
			return a.svc.Batch(ctx, web.PrincipalOf(ctx), reqs)
		})
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &batchOutput{Location: "/api/v1/batches/" + b.ID, Body: b}, nil
	})
	a.describeBody("/api/v1/batches", a.schema(BatchRequest{}), map[string]any{"executions": []any{helloExample}})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "get-batch", Method: http.MethodGet, Path: "/api/v1/batches/{id}", Tags: []string{tagExecute},
		Summary: "A batch as it stands", Description: "With the results of the programs that have ended.",
	}), func(ctx context.Context, in *IDInput) (*struct{ Body service.Batch }, error) {
		b, err := a.svc.BatchStatus(ctx, web.PrincipalOf(ctx), in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body service.Batch }{b}, nil
	})
}
