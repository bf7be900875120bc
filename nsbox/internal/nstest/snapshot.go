package nstest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Scope says where a snapshot looks. Its zero value looks at nothing but the
// mounts.
type Scope struct {
	// Root is the process whose descendants are counted; the zero value counts
	// none, AllProcesses every process of the machine. With BecomeSubreaper, the
	// descendants of the test hold also what a killed helper orphaned.
	Root int
	// Descriptors are processes whose open descriptors are counted, by a name
	// for them.
	Descriptors map[string]int
	// Cgroups are the ends of the paths of cgroups, such as nsbox/lease-0, to
	// count in every hierarchy with all that is below them.
	Cgroups []string
	// Dirs are directories whose entries are counted, at any depth.
	Dirs []string
}

// AllProcesses as Scope.Root counts every process of the machine.
const AllProcesses = -1

// Snapshot is what the host had, by kind: "processes", "mounts", "mounts of
// pid 1", "cgroups", "namespaces", "descriptors of NAME", "files". The items
// say what they are for people; only their number is compared.
type Snapshot map[string][]string

// Take counts what scope covers. Processes that end meanwhile are left out.
func Take(t testing.TB, scope Scope) Snapshot {
	t.Helper()
	s := Snapshot{
		"mounts":          mounts(t, "/proc/self/mountinfo"),
		"mounts of pid 1": mounts(t, "/proc/1/mountinfo"),
	}
	if scope.Root != 0 {
		pids := processes(t, scope.Root)
		s["processes"] = describe(pids)
		s["namespaces"] = namespaces(pids)
	}
	for name, pid := range scope.Descriptors {
		s["descriptors of "+name] = descriptors(t, pid)
	}
	if len(scope.Cgroups) > 0 {
		s["cgroups"] = cgroups(scope.Cgroups)
	}
	for _, dir := range scope.Dirs {
		s["files"] = append(s["files"], files(t, dir)...)
	}
	return s
}

// Diff says, one line a kind, where after has more or fewer items than before.
func Diff(before, after Snapshot) []string {
	kinds := map[string]bool{}
	for k := range before {
		kinds[k] = true
	}
	for k := range after {
		kinds[k] = true
	}
	var out []string
	for k := range kinds {
		b, a := before[k], after[k]
		if len(a) == len(b) {
			continue
		}
		line := fmt.Sprintf("%s: %d before, %d after", k, len(b), len(a))
		if extra := without(a, b); len(extra) > 0 {
			line += "; new: " + sample(extra)
		}
		if gone := without(b, a); len(gone) > 0 {
			line += "; gone: " + sample(gone)
		}
		out = append(out, line)
	}
	sort.Strings(out)
	return out
}

// RequireSame fails the test unless what take returns has the counts of before
// within the given time: the kernel takes namespaces and cgroups down in the
// background.
func RequireSame(t testing.TB, before Snapshot, within time.Duration, take func() Snapshot) {
	t.Helper()
	var diff []string
	for end := time.Now().Add(within); ; time.Sleep(50 * time.Millisecond) {
		if diff = Diff(before, take()); len(diff) == 0 {
			return
		}
		if time.Now().After(end) {
			break
		}
	}
	t.Errorf("left behind, %v after the end:\n  %s", within, strings.Join(diff, "\n  "))
}

// without returns the items of a that b has not, each as often as a has it more.
func without(a, b []string) []string {
	n := map[string]int{}
	for _, s := range b {
		n[s]++
	}
	var out []string
	for _, s := range a {
		if n[s]--; n[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

func sample(items []string) string {
	const most = 8
	if len(items) > most {
		return strings.Join(items[:most], ", ") + fmt.Sprintf(" and %d more", len(items)-most)
	}
	return strings.Join(items, ", ")
}

func mounts(t testing.TB, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if os.IsPermission(err) {
		return nil // pid 1's is for root alone
	}
	if err != nil {
		t.Fatalf("mounts: %v", err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		// Field 5 is the mount point; what follows " - " is type and source.
		if f := strings.Fields(line); len(f) > 4 {
			_, kind, _ := strings.Cut(line, " - ")
			out = append(out, f[4]+" "+strings.TrimSpace(kind))
		}
	}
	return out
}

// processes returns the descendants of root, or all pids. Threads are no
// processes, zombies are.
func processes(t testing.TB, root int) []int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatalf("processes: %v", err)
	}
	children := map[int][]int{}
	var all []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if ppid, ok := parent(pid); ok {
			all = append(all, pid)
			children[ppid] = append(children[ppid], pid)
		}
	}
	if root == AllProcesses {
		return all
	}
	var out []int
	for queue := children[root]; len(queue) > 0; queue = queue[1:] {
		out = append(out, queue[0])
		queue = append(queue, children[queue[0]]...)
	}
	sort.Ints(out)
	return out
}

// stat returns a process's name, state and parent from /proc/PID/stat. The name
// may hold anything, so the fields are counted from its last parenthesis.
func stat(pid int) (comm, state string, ppid int, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", "", 0, false
	}
	open, end := strings.IndexByte(string(b), '('), strings.LastIndexByte(string(b), ')')
	if open < 0 || end < open {
		return "", "", 0, false
	}
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 2 {
		return "", "", 0, false
	}
	ppid, err = strconv.Atoi(f[1])
	return string(b[open+1 : end]), f[0], ppid, err == nil
}

func parent(pid int) (int, bool) {
	_, _, ppid, ok := stat(pid)
	return ppid, ok
}

func describe(pids []int) []string {
	var out []string
	for _, pid := range pids {
		if comm, state, _, ok := stat(pid); ok {
			out = append(out, fmt.Sprintf("%d %q (%s)", pid, comm, state))
		}
	}
	return out
}

// namespaces returns the distinct namespaces of the processes. What only a
// mount or a descriptor keeps alive shows as those.
func namespaces(pids []int) []string {
	seen := map[string]bool{}
	for _, pid := range pids {
		dir := fmt.Sprintf("/proc/%d/ns", pid)
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if id, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
				seen[id] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

func descriptors(t testing.TB, pid int) []string {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatalf("descriptors: %v", err)
	}
	var out []string
	for _, e := range entries {
		// The inode numbers of pipes and sockets tell nothing to a reader.
		if target, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			kind, _, _ := strings.Cut(target, ":[")
			out = append(out, kind)
		}
	}
	sort.Strings(out)
	return out
}

func cgroups(names []string) []string {
	var out []string
	// A group that goes away during the walk is no error: it is being removed.
	_ = filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.ContainsFunc(names, func(name string) bool {
			return strings.Contains(path+"/", "/"+name+"/")
		}) {
			out = append(out, path)
		}
		return nil
	})
	return out
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		if path != dir {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("files: %v", err)
	}
	return out
}
