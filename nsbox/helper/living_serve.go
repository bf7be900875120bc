package helper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/nsbox/nsbox/nsbox/internal/wire"
	"github.com/nsbox/nsbox/nsbox/policy"
	"github.com/oklog/ulid/v2"
)

// serveLiving answers a message about sandboxes that live on.
func (s *session) serveLiving(p *wire.Packet) error {
	s.id = ulid.MustNew(ulid.Now(), rand.Reader).String()
	switch p.Kind {
	case wire.KindCreate:
		return s.serveCreate(p)
	case wire.KindManage:
		return s.serveManage(p)
	case wire.KindFile:
		var m wire.FileOp
		if err := decodeRequest(p, &m); err != nil {
			return err
		}
		lv, err := s.h.living.find(s.uid, m.Sandbox)
		if err != nil {
			return err
		}
		ctx, cancel, err := s.follow()
		if err != nil {
			return err
		}
		defer cancel()
		return s.serveFile(ctx, lv, m)
	}
	var m wire.Inside
	if err := decodeRequest(p, &m); err != nil {
		return err
	}
	lv, err := s.h.living.find(s.uid, m.Sandbox)
	if err != nil {
		return err
	}
	if p.Kind == wire.KindEval {
		return s.serveEval(lv, m)
	}
	return s.serveExec(lv, m)
}

func decodeRequest(p *wire.Packet, v any) error {
	if err := p.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", nsbox.ErrBadRequest, err)
	}
	return nil
}

// follow begins to watch the connection: from now on the client's messages are
// few, and its end cancels the context.
func (s *session) follow() (context.Context, context.CancelFunc, error) {
	if err := s.conn.Unix().SetReadDeadline(time.Time{}); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go s.listen(cancel)
	return ctx, cancel, nil
}

func (s *session) serveCreate(p *wire.Packet) error {
	var req nsbox.SandboxRequest
	if err := decodeRequest(p, &req); err != nil {
		return err
	}
	ctx, cancel, err := s.follow()
	if err != nil {
		return err
	}
	defer cancel()
	lv, err := s.h.createSandbox(ctx, s.uid, req)
	if err != nil {
		return err
	}
	if err := s.sendInfo(lv); err != nil {
		// Nobody has learned of it.
		lv.end("its maker went away")
		return err
	}
	return nil
}

func (s *session) sendInfo(lv *living) error {
	if err := s.conn.Send(wire.KindInfo, lv.info()); err != nil {
		return err
	}
	return s.conn.Send(wire.KindOK, struct{}{})
}

func (s *session) serveManage(p *wire.Packet) error {
	var m wire.Manage
	if err := decodeRequest(p, &m); err != nil {
		return err
	}
	switch m.Op {
	case wire.OpList:
		for _, lv := range s.h.living.of(s.uid) {
			if err := s.conn.Send(wire.KindInfo, lv.info()); err != nil {
				return err
			}
		}
		return s.conn.Send(wire.KindOK, struct{}{})
	case wire.OpVolumes:
		list, err := s.h.volumes.list(s.uid)
		if err != nil {
			return err
		}
		for _, v := range list {
			if err := s.conn.Send(wire.KindInfo, v); err != nil {
				return err
			}
		}
		return s.conn.Send(wire.KindOK, struct{}{})
	case wire.OpPool:
		for _, st := range s.h.pool.stats() {
			if err := s.conn.Send(wire.KindInfo, st); err != nil {
				return err
			}
		}
		return s.conn.Send(wire.KindOK, struct{}{})
	case wire.OpRemoveVolume:
		if err := s.h.volumes.remove(s.uid, m.Volume); err != nil {
			return err
		}
		return s.conn.Send(wire.KindOK, struct{}{})
	}
	lv, err := s.h.living.find(s.uid, m.Sandbox)
	if err != nil {
		return err
	}
	if err := s.manage(lv, m); err != nil {
		return err
	}
	return s.sendInfo(lv)
}

func (s *session) manage(lv *living, m wire.Manage) error {
	switch m.Op {
	case wire.OpInfo:
		return nil
	case wire.OpPause:
		return lv.pause()
	case wire.OpResume:
		return lv.resume()
	case wire.OpExtend:
		return lv.extend(time.Duration(m.TTLNanos))
	case wire.OpSave:
		if why := lv.why(); why != "" {
			return fmt.Errorf("%w: the sandbox has ended: %s", nsbox.ErrNoSandbox, why)
		}
		ctx, cancel, err := s.follow()
		if err != nil {
			return err
		}
		defer cancel()
		return lv.save(ctx)
	case wire.OpClose:
		lv.end("it was closed")
		<-lv.gone
		return nil
	}
	return fmt.Errorf("%w: unknown operation on a sandbox %q", nsbox.ErrBadRequest, m.Op)
}

func (s *session) serveExec(lv *living, m wire.Inside) error {
	var spec nsbox.Spec
	if err := decodeRequest(&wire.Packet{Kind: wire.KindExec, Body: m.Spec}, &spec); err != nil {
		return err
	}
	lang := lv.lang
	if spec.Language != "" {
		var err error
		if lang, err = s.h.cfg.Languages.Lookup(spec.Language); err != nil {
			return err
		}
	}
	leave, err := lv.enter(true)
	if err != nil {
		return err
	}
	defer leave() // again, which does nothing
	s.scope = spec.CacheScope
	own := "" // a main file of its own, removed at the end
	if len(spec.Files) > 0 && spec.Files[0].Name == "" {
		own = ownName(lang.Main, s.id)
		spec.Files[0].Name = own
	}
	if s.plan, err = policy.ResolveExec(spec, lang, lv.plan, s.h.cfg.Ceilings); err != nil {
		return err
	}
	if err := s.takeFiles(spec, m.Size); err != nil {
		return err
	}
	defer s.files.Close()
	ctx, cancel, err := s.follow()
	if err != nil {
		return err
	}
	defer cancel()
	release, err := lv.claim(s.entries)
	if err != nil {
		return err
	}
	out, err := s.execIn(ctx, lv)
	if own != "" {
		lv.tidy(own)
	}
	// Before the client learns of the end: its next request may need the place.
	release()
	leave()
	if err != nil {
		return err
	}
	return s.done(out)
}

// ownName is a name for a main file that no other execution uses: main-4F9K2C.py.
func ownName(main, id string) string {
	ext := path.Ext(main)
	return main[:len(main)-len(ext)] + "-" + id[len(id)-6:] + ext
}

// claim keeps executions from bringing files of the same name at the same time:
// one would run the other's.
func (lv *living) claim(entries []confine.FileEntry) (release func(), err error) {
	lv.mu.Lock()
	defer lv.mu.Unlock()
	for _, e := range entries {
		if lv.names[e.Name] > 0 {
			return nil, fmt.Errorf("%w: an execution that runs has brought a file named %q as well; use another name, or none", nsbox.ErrBusy, e.Name)
		}
	}
	for _, e := range entries {
		lv.names[e.Name]++
	}
	return func() {
		lv.mu.Lock()
		defer lv.mu.Unlock()
		for _, e := range entries {
			delete(lv.names, e.Name)
		}
	}, nil
}

// execIn runs the plan's stages, the run stage in the sandbox.
func (s *session) execIn(ctx context.Context, lv *living) (*output, error) {
	s.warm = true
	in := input{files: s.files, entries: s.entries}
	built := input{}
	for _, st := range s.plan.Stages {
		if st.Name == nsbox.StageRun {
			break
		}
		img, err := s.h.images.Get(s.plan.Image)
		if err != nil {
			return nil, err
		}
		if !st.Build {
			out, err := s.stage(ctx, img, st, in, false)
			if err != nil {
				return nil, err
			}
			return out, nil // a check, which is all there is
		}
		next, failed, err := s.build(ctx, img, st, in)
		if err != nil {
			return nil, err
		}
		if failed != nil {
			return failed, nil
		}
		defer next.files.Close()
		built.files = next.files
		// What was built comes first; the request's files follow it.
		built.entries = next.entries[:len(next.entries)-len(s.entries)]
	}
	if len(s.entries) > 0 {
		if err := lv.put(s.files, s.entries); err != nil {
			return nil, err
		}
	}
	return s.visitStage(ctx, lv, s.plan.Stages[len(s.plan.Stages)-1], built)
}

// tidy removes a file that only its execution knew of. The program may have
// removed it.
func (lv *living) tidy(name string) {
	if lv.over() {
		return
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err == nil {
		defer null.Close()
		var w *worker
		if w, err = lv.work(confine.FilesSpec{Op: wire.FileRemove, Path: name}, null, false); err == nil {
			_, err = w.answer(answerTimeout)
			w.close(&err)
		}
	}
	var said *fileFailure
	if err != nil && !lv.over() && !(errors.As(err, &said) && said.said.Class == wire.ClassNotExist) {
		lv.h.cfg.Log.Warn("remove an execution's file", "sandbox", lv.id, "error", err)
	}
}

func (s *session) serveEval(lv *living, m wire.Inside) error {
	var spec nsbox.EvalSpec
	if err := decodeRequest(&wire.Packet{Kind: wire.KindEval, Body: m.Spec}, &spec); err != nil {
		return err
	}
	st, err := policy.ResolveEval(spec, lv.lang, lv.plan, s.h.cfg.Ceilings)
	if err != nil {
		return err
	}
	if m.Size < 0 || m.Size > maxSnippet {
		return fmt.Errorf("%w: the snippet has %d bytes; at most %d are allowed", nsbox.ErrBadRequest, m.Size, maxSnippet)
	}
	s.plan = policy.Plan{Language: lv.plan.Language, Image: lv.plan.Image, Stages: []policy.Stage{st}}
	if err := s.takeFiles(nsbox.Spec{Files: []nsbox.FileSpec{{Name: "snippet", Size: m.Size}}}, m.Size); err != nil {
		return err
	}
	defer s.files.Close()
	if _, err := s.files.Seek(0, io.SeekStart); err != nil {
		return err
	}
	code, err := io.ReadAll(s.files)
	if err != nil {
		return err
	}
	leave, err := lv.enter(true)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel, err := s.follow()
	if err != nil {
		return err
	}
	defer cancel()
	sn, err := s.eval(ctx, lv, st, code, spec.Reset)
	leave()
	if err != nil {
		return err
	}
	s.warm, s.value, s.lost = true, sn.value, sn.lost
	return s.done(&output{result: sn.result})
}

// maxSnippet is the most bytes of a snippet.
const maxSnippet = 1 << 20

var errShutdown = fmt.Errorf("%w: the helper is shutting down", nsbox.ErrHelperEnded)

var livingKinds = []wire.Kind{wire.KindCreate, wire.KindManage, wire.KindExec, wire.KindEval, wire.KindFile}

func isLiving(k wire.Kind) bool { return slices.Contains(livingKinds, k) }
