package restapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

type userOutput struct{ Body service.User }

func (a *api) adminOperations() {
	a.userOperations()
	a.limitOperations()
	a.auditOperation()
}

// UserList are all users.
type UserList struct {
	Users []service.User `json:"users"`
}

func (a *api) userOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "create-user", Method: http.MethodPost, Path: "/api/v1/users", Tags: []string{tagAdmin}, DefaultStatus: http.StatusCreated,
		Summary: "Make a user", Description: "Without a password the user has API keys alone.",
	}), func(ctx context.Context, in *struct{ B body[service.UserRequest] }) (*userOutput, error) {
		u, err := a.svc.CreateUser(ctx, web.PrincipalOf(ctx), in.B.In)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &userOutput{u}, nil
	})
	a.describeBody("/api/v1/users", a.schema(service.UserRequest{}), nil)

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: "/api/v1/users", Tags: []string{tagAdmin}, Summary: "All users",
	}), func(ctx context.Context, _ *struct{}) (*struct{ Body UserList }, error) {
		users, err := a.svc.ListUsers(ctx, web.PrincipalOf(ctx))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body UserList }{UserList{users}}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "update-user", Method: http.MethodPatch, Path: "/api/v1/users/{id}", Tags: []string{tagAdmin},
		Summary: "Change a user", Description: "By id or name. What is absent stays. A new password, and disabling, end all logins of the user.",
	}), func(ctx context.Context, in *struct {
		IDInput
		B body[service.UserRequest]
	}) (*userOutput, error) {
		u, err := a.svc.UpdateUser(ctx, web.PrincipalOf(ctx), in.ID, in.B.In)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &userOutput{u}, nil
	})
	a.describeBody("/api/v1/users/{id}", a.schema(service.UserRequest{}), nil)

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "delete-user", Method: http.MethodDelete, Path: "/api/v1/users/{id}", Tags: []string{tagAdmin},
		Summary: "Delete a user, with keys and logins", Description: "By id or name. The history keeps what the user ran.",
	}), func(ctx context.Context, in *IDInput) (*struct{}, error) {
		if err := a.svc.DeleteUser(ctx, web.PrincipalOf(ctx), in.ID); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{}{}, nil
	})
}

type limitsOutput struct{ Body service.Limits }

// limitsPatch is some of the limits; which ones, the service reads.
type limitsPatch struct{ raw []byte }

func (l *limitsPatch) read(raw []byte) error {
	l.raw = raw
	var names map[string]any
	return web.Decode(raw, &names)
}

func (a *api) limitOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "get-limits", Method: http.MethodGet, Path: "/api/v1/limits", Tags: []string{tagAdmin}, Summary: "The limits in force",
	}), func(ctx context.Context, _ *struct{}) (*limitsOutput, error) {
		c, err := a.svc.Config(ctx, web.PrincipalOf(ctx))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &limitsOutput{c.Limits}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "set-limits", Method: http.MethodPatch, Path: "/api/v1/limits", Tags: []string{tagAdmin},
		Summary: "Change limits without a restart", Description: "What is absent stays; null goes back to the configuration's. The change holds at once, and after a restart.",
	}), func(ctx context.Context, in *struct{ B body[limitsPatch] }) (*limitsOutput, error) {
		l, err := a.svc.SetLimits(ctx, web.PrincipalOf(ctx), in.B.In.raw)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &limitsOutput{l}, nil
	})
	patch := *a.huma.OpenAPI().Components.Schemas.SchemaFromRef(a.schema(service.Limits{}).Ref)
	patch.Required = nil
	a.describeBody("/api/v1/limits", &patch, nil)
}

type auditInput struct {
	Actor   string    `query:"actor" doc:"A user's name"`
	Action  string    `query:"action" doc:"Such as execute, login, key.create"`
	Target  string    `query:"target" doc:"An execution's, a key's, a sandbox's id"`
	Outcome string    `query:"outcome" doc:"Such as ok, denied, or a verdict"`
	From    time.Time `query:"from" doc:"At this time or later"`
	To      time.Time `query:"to" doc:"Before this time"`
	Before  int64     `query:"before" minimum:"0" doc:"next of the page before"`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

func (a *api) auditOperation() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "audit", Method: http.MethodGet, Path: "/api/v1/audit", Tags: []string{tagAdmin},
		Summary: "The audit log", Description: "Newest first. Each line has the hash of the one before, so that a line that is changed or missing shows; nsboxd verifies it.",
	}), func(ctx context.Context, in *auditInput) (*struct{ Body service.AuditPage }, error) {
		page, err := a.svc.AuditLog(ctx, web.PrincipalOf(ctx), service.AuditQuery(*in))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body service.AuditPage }{page}, nil
	})
}
