package helper

import (
	"testing"
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/cgroup"
	"github.com/nsbox/nsbox/nsbox/internal/confine"
)

func TestJudge(t *testing.T) {
	lim := nsbox.Limits{
		Timeout: nsbox.Duration(time.Second), CPUTime: nsbox.Duration(time.Second), Memory: 64 * nsbox.MiB,
		Pids: 8, Disk: nsbox.MiB, Inodes: 100, MaxOutput: nsbox.KiB,
	}
	exit := func(status int) *confine.Record {
		return &confine.Record{Kind: confine.RecordExit, Value: status, BlockSize: 4096, Blocks: 256, BlocksFree: 250, Inodes: 105, InodesFree: 90}
	}
	full := exit(1 << 8)
	full.BlocksFree = 0
	fullOK := exit(0)
	fullOK.BlocksFree = 0
	noInodes := exit(1 << 8)
	noInodes.InodesFree = 0
	for _, tc := range []struct {
		name    string
		e       ending
		verdict nsbox.Verdict
		code    int
		limit   string
	}{
		{"exit 0", ending{exit: exit(0)}, nsbox.OK, 0, ""},
		{"exit 3", ending{exit: exit(3 << 8)}, nsbox.NonZero, 3, ""},
		{"segfault", ending{exit: exit(11)}, nsbox.Signal, 139, ""},
		{"segfault with the core flag", ending{exit: exit(11 | 0x80)}, nsbox.Signal, 139, ""},
		{"refused call", ending{exit: exit(31)}, nsbox.Denied, 159, ""},
		{"deadline", ending{cause: causeWall}, nsbox.WallTimeout, 137, "timeout"},
		{"cpu", ending{cause: causeCPU}, nsbox.CPUTimeout, 137, "cpu_time"},
		{"oom told by the event", ending{cause: causeMemory}, nsbox.OOM, 137, "memory"},
		{"oom killed all before anyone could tell", ending{stats: cgroup.Stats{OOMKills: 1}}, nsbox.OOM, 137, "memory"},
		{"oom of a child that the program survived", ending{exit: exit(0), stats: cgroup.Stats{OOMKills: 1}}, nsbox.OK, 0, ""},
		{"oom of the program", ending{exit: exit(9), stats: cgroup.Stats{OOMKills: 1}}, nsbox.OOM, 137, "memory"},
		{"pids", ending{cause: causePids}, nsbox.PidsLimit, 137, "pids"},
		{"pids, ended by itself", ending{exit: exit(1 << 8), stats: cgroup.Stats{PidsDenied: 2}}, nsbox.PidsLimit, 1, "pids"},
		{"pids, ended well", ending{exit: exit(0), stats: cgroup.Stats{PidsDenied: 2}}, nsbox.PidsLimit, 0, "pids"},
		{"output", ending{cause: causeOutput}, nsbox.OutputLimit, 137, "max_output"},
		{"cancelled", ending{cause: causeCancel}, nsbox.Cancelled, 137, ""},
		{"disk", ending{exit: full}, nsbox.DiskFull, 1, "disk"},
		{"disk full but content", ending{exit: fullOK}, nsbox.OK, 0, ""},
		{"inodes", ending{exit: noInodes}, nsbox.DiskFull, 1, "inodes"},
		{"file size", ending{exit: exit(25)}, nsbox.DiskFull, 153, "disk"},
	} {
		tc.e.limits = lim
		res, ok := judge(tc.e)
		name := ""
		if res.Limit != nil {
			name = res.Limit.Name
		}
		if !ok || res.Verdict != tc.verdict || res.ExitCode != tc.code || name != tc.limit {
			t.Errorf("%s: %v %d %q %v, want %v %d %q", tc.name, res.Verdict, res.ExitCode, name, ok, tc.verdict, tc.code, tc.limit)
		}
	}
	if _, ok := judge(ending{limits: lim}); ok {
		t.Error("an end that nothing explains was judged")
	}
}
