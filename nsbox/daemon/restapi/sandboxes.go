package restapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// SandboxList are sandboxes that live.
type SandboxList struct {
	Sandboxes []service.Sandbox `json:"sandboxes"`
}

// ExtendRequest is the body of POST .../extend.
type ExtendRequest struct {
	TTL nsbox.Duration `json:"ttl" doc:"How long the sandbox lives from now"`
}

// VolumeList are volumes of the caller's.
type VolumeList struct {
	Volumes []nsbox.VolumeInfo `json:"volumes"`
}

type sandboxOutput struct{ Body service.Sandbox }

type sandboxMade struct {
	Location string `header:"Location"`
	Body     service.Sandbox
}

// sandboxOperations registers all that is about sandboxes below prefix. SoulBox
// calls them containers; what stands there under that name is not described a
// second time.
func (a *api) sandboxOperations(prefix string, alias bool) {
	one := prefix + "/{id}"
	op := func(id, method, path, summary, description string) huma.Operation {
		if alias {
			id = "containers-" + id
		}
		return a.document(huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{tagSandboxes}, Summary: summary, Description: description, Hidden: alias,
		})
	}
	describe := func(path string, schema *huma.Schema, example any) {
		if !alias {
			a.describeBody(path, schema, example)
		}
	}

	create := op("create-sandbox", http.MethodPost, prefix, "Make a sandbox that lives on",
		"Programs run in it one after the other or at the same time, and share its files. It ends with its time to live, when it is idle for too long, or when it is deleted.")
	create.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, create, func(ctx context.Context, in *struct {
		Keyed
		B body[service.SandboxRequest]
	}) (*sandboxMade, error) {
		b, err := once(ctx, a, in.Key, "sandbox", in.B.Raw, func() (service.Sandbox, error) {
			return a.svc.CreateSandbox(ctx, web.PrincipalOf(ctx), in.B.In)
		})
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &sandboxMade{Location: prefix + "/" + b.ID, Body: b}, nil
	})
	describe(prefix, a.schema(service.SandboxRequest{}), map[string]any{"language": "python", "ttl": "10m"})

	huma.Register(a.huma, op("list-sandboxes", http.MethodGet, prefix, "The sandboxes that live", "Users see their own, operators and viewers all."),
		func(ctx context.Context, in *struct {
			Mine bool `query:"mine" doc:"One's own alone"`
		}) (*struct{ Body SandboxList }, error) {
			list, err := a.svc.ListSandboxes(ctx, web.PrincipalOf(ctx), in.Mine)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body SandboxList }{SandboxList{list}}, nil
		})

	huma.Register(a.huma, op("get-sandbox", http.MethodGet, one, "One sandbox", "One that has ended is of state terminated."),
		a.onSandbox(a.svc.Sandbox))
	huma.Register(a.huma, op("pause-sandbox", http.MethodPost, one+"/pause", "Freeze all that runs in a sandbox", ""), a.onSandbox(a.svc.PauseSandbox))
	huma.Register(a.huma, op("resume-sandbox", http.MethodPost, one+"/resume", "Let it go on", ""), a.onSandbox(a.svc.ResumeSandbox))
	huma.Register(a.huma, op("save-sandbox", http.MethodPost, one+"/save", "Write a sandbox's files to its volume", "That happens by itself every few minutes and at the end."), a.onSandbox(a.svc.SaveSandbox))

	huma.Register(a.huma, op("extend-sandbox", http.MethodPost, one+"/extend", "Let a sandbox live longer", ""),
		func(ctx context.Context, in *struct {
			IDInput
			B body[ExtendRequest]
		}) (*sandboxOutput, error) {
			b, err := a.svc.ExtendSandbox(ctx, web.PrincipalOf(ctx), in.ID, in.B.In.TTL.Std())
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &sandboxOutput{b}, nil
		})
	describe(one+"/extend", a.schema(ExtendRequest{}), map[string]any{"ttl": "10m"})

	huma.Register(a.huma, op("delete-sandbox", http.MethodDelete, one, "End a sandbox", "With all that runs in it and all its files, but for those of a volume."),
		func(ctx context.Context, in *IDInput) (*struct{}, error) {
			if err := a.svc.DeleteSandbox(ctx, web.PrincipalOf(ctx), in.ID); err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{}{}, nil
		})

	exec := op("exec-in-sandbox", http.MethodPost, one+"/exec", "Run a program in a sandbox",
		"The request and the answers are those of /api/v1/execute, without a language: that is the sandbox's. With session the code runs in a named interpreter that keeps its state.")
	for status, r := range a.executeResponses() {
		exec.Responses[status] = r
	}
	huma.Register(a.huma, exec, func(ctx context.Context, in *struct {
		IDInput
		ExecuteInput
	}) (*streamed, error) {
		req := in.B.In.req
		if req.Sandbox != "" && req.Sandbox != in.ID {
			return nil, fail(ctx, &service.Error{Code: service.CodeBadRequest, Message: "sandbox: the path names another one"})
		}
		req.Sandbox = in.ID
		return a.execute(ctx, req, in.Key)
	})
	describe(one+"/exec", a.schema(service.ExecuteRequest{}), map[string]any{"code": "print('hello')"})

	a.fileOperations(one+"/files", op)
	if !alias {
		a.volumeOperations()
	}
}

// onSandbox makes a handler of a call that takes a sandbox's id.
func (a *api) onSandbox(call func(context.Context, service.Principal, string) (service.Sandbox, error)) func(context.Context, *IDInput) (*sandboxOutput, error) {
	return func(ctx context.Context, in *IDInput) (*sandboxOutput, error) {
		b, err := call(ctx, web.PrincipalOf(ctx), in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &sandboxOutput{b}, nil
	}
}

func (a *api) volumeOperations() {
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "list-volumes", Method: http.MethodGet, Path: "/api/v1/volumes", Tags: []string{tagSandboxes}, Summary: "One's volumes",
		Description: "Storage that outlives sandboxes. A sandbox that is made with the name of a volume begins with what is in it.",
	}), func(ctx context.Context, _ *struct{}) (*struct{ Body VolumeList }, error) {
		list, err := a.svc.ListVolumes(ctx, web.PrincipalOf(ctx))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body VolumeList }{VolumeList{list}}, nil
	})
	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "delete-volume", Method: http.MethodDelete, Path: "/api/v1/volumes/{id}", Tags: []string{tagSandboxes},
		Summary: "Delete a volume with all that is in it", Description: "By its name. One that a live sandbox has is refused.",
	}), func(ctx context.Context, in *IDInput) (*struct{}, error) {
		if err := a.svc.RemoveVolume(ctx, web.PrincipalOf(ctx), in.ID); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{}{}, nil
	})
}
