package restapi

import (
	"context"
	"encoding/json"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Keyed is a part of the input of operations that make something.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"Names this request: one that comes again with the same key and body is answered as the first was, and not carried out again"`
}

// once carries fn out once for each key of a principal, and gives its answer to
// all who come with it. op is what the key was used for: one key can't be used for
// two things.
func once[T any](ctx context.Context, a *api, key, op string, body []byte, fn func() (T, error)) (T, error) {
	return onceUnless(ctx, a, key, op, body, nil, fn)
}

// onceUnless is once, but for answers that are stale: those are made anew.
func onceUnless[T any](ctx context.Context, a *api, key, op string, body []byte, stale func(T) bool, fn func() (T, error)) (T, error) {
	var answer T
	if key == "" {
		return fn()
	}
	hash, err := service.BodyHash([]string{op, string(body)})
	if err != nil {
		return answer, err
	}
	kept, replayed, err := a.svc.Idempotent(ctx, web.PrincipalOf(ctx), key, hash, func(kept []byte) bool {
		var was T
		return stale != nil && json.Unmarshal(kept, &was) == nil && stale(was)
	}, func() ([]byte, error) {
		if answer, err = fn(); err != nil {
			return nil, err
		}
		return json.Marshal(answer)
	})
	if err == nil && replayed {
		err = json.Unmarshal(kept, &answer)
	}
	return answer, err
}

// started is what is kept of an execution under an idempotency key: its result
// is the history's to tell.
type started struct {
	Execution string `json:"execution"`
}

// startOnce starts a program, or finds the one that was started with the same
// key, unless nsbox did not carry that one out. A program with a key outlives the connection that it was asked for by:
// whoever repeats the request wants its result.
func (a *api) startOnce(ctx context.Context, req service.ExecuteRequest, key string) (run *service.Run, replayed bool, err error) {
	p := web.PrincipalOf(ctx)
	if key == "" {
		run, err = a.svc.Execute(ctx, p, req)
		return run, false, err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, false, err
	}
	req.Detach = true
	unfinished := func(s started) bool { return a.svc.Unfinished(ctx, p, s.Execution) }
	s, err := onceUnless(ctx, a, key, "execute", body, unfinished, func() (started, error) {
		if run, err = a.svc.Execute(ctx, p, req); err != nil {
			return started{}, err
		}
		return started{run.ID()}, nil
	})
	if err != nil || run != nil {
		return run, false, err
	}
	run, err = a.svc.Repeat(ctx, p, s.Execution, req)
	return run, true, err
}
