package service

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// maxKey is the most bytes of an idempotency key.
const maxKey = 255

// Idempotent carries fn out once for a principal's key: who comes again with the
// same key and the same body gets the first answer, replayed being true. One who
// comes while the first is under way waits for it, until ctx is done. Another
// body under the same key is a conflict. Where fn fails nothing is kept, so that
// the request can be made again; the same goes for an answer that stale, which may be
// nil, says to be worth nothing any more.
//
// fn's answer is kept as it is; at most MaxBody bytes of it.
func (s *Service) Idempotent(ctx context.Context, p Principal, key, bodyHash string, stale func([]byte) bool, fn func() ([]byte, error)) (answer []byte, replayed bool, err error) {
	if key == "" {
		answer, err = fn()
		return answer, false, err
	}
	if len(key) > maxKey {
		return nil, false, errf(CodeBadRequest, "the idempotency key has more than %d bytes", maxKey)
	}
	name := p.ID + "\x00" + key
	for {
		wait := s.enterKey(name)
		if wait == nil {
			break
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, false, AsError(ctx.Err())
		}
	}
	defer s.leaveKey(name)
	begin := store.Idempotent{Owner: p.ID, Key: key, BodyHash: bodyHash, Created: s.now()}
	got, err := s.store.BeginIdempotent(ctx, begin)
	if errors.Is(err, store.ErrExists) && got.Done && got.BodyHash == bodyHash && stale != nil && stale(got.Response) {
		if err := s.store.DropIdempotent(ctx, p.ID, key); err != nil {
			return nil, false, AsError(err)
		}
		got, err = s.store.BeginIdempotent(ctx, begin)
	}
	switch {
	case err == nil:
	case !errors.Is(err, store.ErrExists):
		return nil, false, AsError(err)
	case got.BodyHash != bodyHash:
		return nil, false, errf(CodeConflict, "the idempotency key was used before with another request")
	case !got.Done:
		// Another daemon on the same store has it.
		return nil, false, &Error{Code: CodeConflict, Message: "a request with this idempotency key is under way", RetryAfter: time.Second}
	default:
		return got.Response, true, nil
	}
	answer, err = fn()
	// What was done is recorded though the caller may have gone.
	rctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if err != nil || int64(len(answer)) > int64(s.limits.get().MaxBody) {
		if derr := s.store.DropIdempotent(rctx, p.ID, key); derr != nil {
			s.log.Error("idempotency", "err", derr)
		}
		return answer, false, err
	}
	if ferr := s.store.FinishIdempotent(rctx, p.ID, key, answer); ferr != nil {
		s.log.Error("idempotency", "err", ferr)
	}
	return answer, false, nil
}

// enterKey returns nil where the caller has name for itself, else what to wait
// for.
func (s *Service) enterKey(name string) <-chan struct{} {
	s.keysMu.Lock()
	defer s.keysMu.Unlock()
	if c, ok := s.busyKeys[name]; ok {
		return c
	}
	s.busyKeys[name] = make(chan struct{})
	return nil
}

func (s *Service) leaveKey(name string) {
	s.keysMu.Lock()
	defer s.keysMu.Unlock()
	close(s.busyKeys[name])
	delete(s.busyKeys, name)
}

// BodyHash makes the hash of a request for Idempotent, of anything that JSON can
// write.
func BodyHash(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return hashHex(b), nil
}
