package helper

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/policy"
)

// build gets what the run stage starts from: from the cache, or by the compile
// stage. failed is the stage's output where it did not end well.
func (s *session) build(ctx context.Context, img *image.Image, st policy.Stage, in input) (built input, failed *output, err error) {
	cache := s.h.cache
	if cache == nil {
		return s.compile(ctx, img, st, in, nil)
	}
	profile, err := s.h.profiles.program(st.Profile)
	if err != nil {
		return input{}, nil, err
	}
	key, err := keyOf(s.cacheScope(), img.Digest, profile.id, st, in)
	if err != nil {
		return input{}, nil, err
	}
	if e, err := cache.get(key); e != nil || err != nil {
		return s.replay(st, e, err)
	}
	done, wait := cache.lead(key)
	if wait != nil {
		s.await(ctx, wait)
		if e, err := cache.get(key); e != nil || err != nil {
			return s.replay(st, e, err)
		}
		// The other one failed. Whoever waited compiles on its own now, all at a
		// time, as they would without a cache.
		return s.compile(ctx, img, st, in, nil)
	}
	defer done()
	return s.compile(ctx, img, st, in, &key)
}

// cacheScope tells apart those who must not get from the cache what others have
// put there.
func (s *session) cacheScope() string {
	if s.h.cfg.Cache.Shared {
		return "shared " + s.scope
	}
	return "uid " + strconv.FormatUint(uint64(s.uid), 10) + " " + s.scope
}

// await waits until another's compile stage is done, or the client wants no more.
func (s *session) await(ctx context.Context, wait <-chan struct{}) {
	select {
	case <-wait:
	case <-ctx.Done():
	case c := <-s.stop:
		// For the stage that follows, which ends by it.
		select {
		case s.stop <- c:
		default:
		}
	}
}

// compile runs the compile stage, and keeps what it made where key is not nil.
func (s *session) compile(ctx context.Context, img *image.Image, st policy.Stage, in input, key *compileKey) (built input, failed *output, err error) {
	out, err := s.stage(ctx, img, st, in, false)
	if err != nil {
		return input{}, nil, err
	}
	if out.result.Verdict != nsbox.OK {
		return input{}, out, nil
	}
	if built, err = in.with(out); err != nil {
		return input{}, nil, err
	}
	if key != nil && out.said != nil {
		err := s.h.cache.put(compiled{key: *key, input: built, result: out.result, said: *out.said})
		if err != nil {
			built.files.Close()
			return input{}, nil, fmt.Errorf("keep what was built: %w", err)
		}
	}
	return built, nil, nil
}

// replay tells the client of a compile stage that e has spared.
func (s *session) replay(st policy.Stage, e *compiled, err error) (input, *output, error) {
	if err != nil {
		return input{}, nil, err
	}
	res := e.result
	res.Cached, res.Usage = true, nsbox.Usage{}
	m, err := s.startedMessage(st)
	if err == nil {
		m.Replay = &wire.Replay{Stdout: e.said.stdout, Stderr: e.said.stderr}
		m.Replay.Result, err = marshalStage(res)
	}
	if err == nil {
		err = s.conn.Send(wire.KindStarted, m)
	}
	if err != nil {
		e.input.files.Close()
		return input{}, nil, err
	}
	return e.input, nil, nil
}

// marshalStage is a stage's result for the client, which has the streams itself.
func marshalStage(res nsbox.StageResult) (json.RawMessage, error) {
	type withoutStreams nsbox.StageResult
	return json.Marshal(withoutStreams(res))
}
