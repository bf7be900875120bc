package helper

import (
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"golang.org/x/sys/unix"
)

// cause is why the helper ended a sandbox, if it did.
type cause int

const (
	causeNone cause = iota
	causeWall
	causeCPU
	causeMemory
	causePids
	causeOutput
	causeDenied
	causeCancel
)

// ending is all that is known once everything in a sandbox is dead.
type ending struct {
	limits nsbox.Limits
	cause  cause
	exit   *confine.Record // nil where pid 1 was killed before it could report
	stats  cgroup.Stats
	wall   time.Duration
	setup  time.Duration
	denied []nsbox.DeniedCall
}

// judge says how the program ended. It is pure. ok is false where neither the
// program nor a limit explains the end: something of nsbox's failed.
func judge(e ending) (res nsbox.StageResult, ok bool) {
	res.Usage = nsbox.Usage{
		WallMS: ms(e.wall), CPUMS: ms(e.stats.CPU), SetupMS: ms(e.setup),
		MemoryPeakBytes: e.stats.MemoryPeak, PidsPeak: e.stats.PidsPeak,
	}
	res.Denied = e.denied
	if e.exit != nil {
		status := unix.WaitStatus(e.exit.Value)
		switch {
		case status.Signaled():
			res.ExitCode, res.Signal = 128+int(status.Signal()), unix.SignalName(status.Signal())
		default:
			res.ExitCode = status.ExitStatus()
		}
	} else {
		res.ExitCode, res.Signal = 128+int(unix.SIGKILL), "SIGKILL"
	}
	limit := func(v nsbox.Verdict, name string, value, observed int64) (nsbox.StageResult, bool) {
		res.Verdict = v
		res.Limit = &nsbox.LimitHit{Name: name, Value: value, Observed: observed}
		return res, true
	}
	lim := e.limits
	failed := e.exit == nil || e.exit.Value != 0

	// A kill for lack of memory comes first: it is the kernel's, so it explains the
	// end even where the helper killed as well.
	switch {
	case e.stats.OOMKills > 0 && failed || e.cause == causeMemory:
		return limit(nsbox.OOM, "memory", int64(lim.Memory), e.stats.MemoryPeak)
	case e.cause == causeCancel:
		res.Verdict = nsbox.Cancelled
		return res, true
	case e.cause == causePids || e.stats.PidsDenied > 0 && e.cause == causeNone:
		// The refusal itself is the verdict: whoever is refused a process is ended,
		// and a program that was quicker to end by itself is no exception.
		return limit(nsbox.PidsLimit, "pids", int64(lim.Pids), max(e.stats.PidsPeak, int64(lim.Pids)))
	case e.cause == causeOutput:
		// The client counts the bytes.
		return limit(nsbox.OutputLimit, "max_output", int64(lim.MaxOutput), 0)
	case e.cause == causeDenied:
		res.Verdict = nsbox.Denied
		return res, true
	case e.cause == causeWall:
		return limit(nsbox.WallTimeout, "timeout", lim.Timeout.Std().Milliseconds(), e.wall.Milliseconds())
	case e.cause == causeCPU:
		return limit(nsbox.CPUTimeout, "cpu_time", lim.CPUTime.Std().Milliseconds(), e.stats.CPU.Milliseconds())
	case e.exit == nil:
		return res, false
	case res.Signal == "SIGXFSZ":
		// RLIMIT_FSIZE is the disk limit: one file would have gone beyond it.
		return limit(nsbox.DiskFull, "disk", int64(lim.Disk), used(e.exit))
	case res.Signal == "SIGSYS":
		res.Verdict = nsbox.Denied
	case failed && e.exit.InodesFree == 0 && e.exit.Inodes > 0:
		return limit(nsbox.DiskFull, "inodes", int64(lim.Inodes), e.exit.Inodes)
	case failed && e.exit.Blocks > 0 && e.exit.BlocksFree*64 < e.exit.Blocks:
		// Less than a sixty-fourth is free: a write was refused, or the next one is.
		return limit(nsbox.DiskFull, "disk", int64(lim.Disk), used(e.exit))
	case res.Signal != "":
		res.Verdict = nsbox.Signal
	case failed:
		res.Verdict = nsbox.NonZero
	default:
		res.Verdict = nsbox.OK
	}
	return res, true
}

func used(r *confine.Record) int64 { return (r.Blocks - r.BlocksFree) * r.BlockSize }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
