package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/nsbox/nsbox/nsbox"
)

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{quietly(3), 3},
		{errors.New("x"), 125},
		{usagef("x"), 125},
		{fmt.Errorf("%w: x", nsbox.ErrBadRequest), 125},
		{nsbox.ErrNoHelper, 125},
		{fmt.Errorf("%w: x", nsbox.ErrLanguage), 126},
		{openError("x", errNotExist(), true), 127},
		{openError("x", errNotExist(), false), 125},
		{fmt.Errorf("x: %w", context.Canceled), 130},
		{&userError{code: 1}, 1},
	} {
		if got := exitStatus(c.err); got != c.want {
			t.Errorf("%v: %d; want %d", c.err, got, c.want)
		}
	}
}

func TestResultStatus(t *testing.T) {
	for _, c := range []struct {
		r    nsbox.Result
		want int
	}{
		{nsbox.Result{Verdict: nsbox.OK}, 0},
		{nsbox.Result{Verdict: nsbox.NonZero, ExitCode: 3}, 3},
		{nsbox.Result{Verdict: nsbox.Signal, ExitCode: 139, Signal: "SIGSEGV"}, 139},
		{nsbox.Result{Verdict: nsbox.Signal, Signal: "SIGSEGV"}, 139},
		{nsbox.Result{Verdict: nsbox.WallTimeout, ExitCode: 137, Signal: "SIGKILL"}, 124},
		{nsbox.Result{Verdict: nsbox.CPUTimeout, ExitCode: 137, Signal: "SIGKILL"}, 124},
		{nsbox.Result{Verdict: nsbox.OOM, ExitCode: 1}, 137},
		{nsbox.Result{Verdict: nsbox.PidsLimit, ExitCode: 2}, 2},
		{nsbox.Result{Verdict: nsbox.OutputLimit}, 0},
		{nsbox.Result{Verdict: nsbox.OutputLimit, ExitCode: 137, Signal: "SIGKILL"}, 137},
		{nsbox.Result{Verdict: nsbox.Denied, Signal: "SIGSYS"}, 159},
		{nsbox.Result{Verdict: nsbox.CompileError, ExitCode: 2}, 2},
		{nsbox.Result{Verdict: nsbox.CompileError}, 1},
		{nsbox.Result{Verdict: nsbox.Cancelled, ExitCode: 137}, 130},
		{nsbox.Result{Verdict: nsbox.Internal}, 125},
	} {
		if got := resultStatus(c.r); got != c.want {
			t.Errorf("%+v: %d; want %d", c.r, got, c.want)
		}
	}
}
