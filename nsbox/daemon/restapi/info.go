package restapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Health is the service's, with a word for it that YuuBox and Sandbox Executor
// have.
type Health struct {
	Status  string `json:"status" enum:"healthy,unhealthy"`
	Version string `json:"version"`
	service.Health
}

// Config is the service's, with the names of Sandbox Executor beside it.
type Config struct {
	service.Config
	Version            string   `json:"version"`
	SupportedLanguages []string `json:"supported_languages" doc:"Languages whose image is built"`
}

// LanguageList are the languages of the daemon's host.
type LanguageList struct {
	Languages []service.Language `json:"languages"`
}

func (a *api) infoOperations() {
	health := func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		h := Health{Status: "healthy", Version: a.opts.Version, Health: a.svc.Health(r.Context())}
		status := http.StatusOK
		if !h.Ready {
			h.Status, status = "unhealthy", http.StatusServiceUnavailable
			w.Header().Set("Retry-After", "2")
		}
		writeJSON(w, status, h)
	}
	live := func(hc huma.Context) {
		_, w := humago.Unwrap(hc)
		writeJSON(w, http.StatusOK, map[string]any{"status": "healthy", "live": true})
	}
	for _, p := range []struct{ path, id string }{{"/api/v1/health", "health"}, {"/health", "yuubox-health"}} {
		a.health(p.path, p.id, "Whether it lives and is ready", health)
		a.health(p.path+"/ready", p.id+"-ready", "Whether it is ready: 503 where not", health)
		a.health(p.path+"/live", p.id+"-live", "Whether it lives", live)
	}

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "config", Method: http.MethodGet, Path: "/api/v1/config", Tags: []string{tagInfo}, Summary: "The configuration, as far as callers may know it",
	}), func(ctx context.Context, _ *struct{}) (*struct{ Body Config }, error) {
		p := web.PrincipalOf(ctx)
		c, err := a.svc.Config(ctx, p)
		if err != nil {
			return nil, fail(ctx, err)
		}
		languages, err := a.svc.Languages(ctx, p)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out := Config{Config: c, Version: a.opts.Version, SupportedLanguages: []string{}}
		for _, l := range languages {
			if l.Available {
				out.SupportedLanguages = append(out.SupportedLanguages, l.Name)
			}
		}
		return &struct{ Body Config }{out}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "languages", Method: http.MethodGet, Path: "/api/v1/languages", Tags: []string{tagInfo}, Summary: "What can run here",
	}), func(ctx context.Context, _ *struct{}) (*struct{ Body LanguageList }, error) {
		list, err := a.svc.Languages(ctx, web.PrincipalOf(ctx))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body LanguageList }{LanguageList{list}}, nil
	})

	huma.Register(a.huma, a.document(huma.Operation{
		OperationID: "stats", Method: http.MethodGet, Path: "/api/v1/stats", Tags: []string{tagInfo},
		Summary: "Statistics of the history, and how busy the daemon is", Description: "Users see their own, operators and viewers all.",
	}), func(ctx context.Context, in *QueryInput) (*struct{ Body service.Stats }, error) {
		s, err := a.svc.Stats(ctx, web.PrincipalOf(ctx), in.query())
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body service.Stats }{s}, nil
	})
}

// health registers one of the paths that need no credentials.
func (a *api) health(path, id, summary string, h func(huma.Context)) {
	schema := a.schema(Health{})
	op := a.public(huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tagInfo}, Summary: summary,
		Responses: map[string]*huma.Response{
			"200": {Description: "It is", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
			"503": {Description: "It is not", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
		},
	})
	if id[len(id)-5:] == "-live" {
		delete(op.Responses, "503")
		op.Responses["200"].Content["application/json"].Schema = &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
			"status": {Type: huma.TypeString}, "live": {Type: huma.TypeBoolean},
		}}
	}
	huma.Register(a.huma, op, func(context.Context, *struct{}) (*streamed, error) { return &streamed{Body: h}, nil })
}

// metrics serves /metrics to who may see statistics of everything.
func (a *api) metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := web.PrincipalOf(r.Context()); !a.opts.OpenMetrics && !p.Anonymous && !p.Role.Can(metricsPermission) {
			web.Error(w, r, &service.Error{Code: service.CodeForbidden, Message: "the role " + string(p.Role) + " has not the permission " + string(metricsPermission)})
			return
		}
		a.opts.Metrics.ServeHTTP(w, r)
	})
}
