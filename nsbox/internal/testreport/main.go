// Command testreport reads what `go test -v` printed on another machine, says
// how many tests ran, passed, failed and were skipped and why, and writes JUnit
// XML. It fails where a test failed, where a log has none, and where a test was
// skipped that is not on the list of skips.
package main

import (
	"bufio"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

func main() {
	name := flag.String("name", "tests", "name of the suite")
	skips := flag.String("skips", "", "file with the tests that may be skipped: a pattern and a reason in each line")
	junit := flag.String("junit", "", "write JUnit XML to this file")
	flag.Parse()
	ok, err := run(os.Stdout, *name, *skips, *junit, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(w io.Writer, name, skips, junit string, logs []string) (bool, error) {
	allowed, err := readSkips(skips)
	if err != nil {
		return false, err
	}
	var all []result
	ok := true
	for _, path := range logs {
		f, err := os.Open(path)
		if err != nil {
			return false, err
		}
		found, err := parse(f, strings.TrimSuffix(filepath.Base(path), ".log"))
		f.Close()
		if err != nil {
			return false, fmt.Errorf("%s: %w", path, err)
		}
		if len(found) == 0 {
			fmt.Fprintf(w, "%s: no test ran\n", path)
			ok = false
		}
		all = append(all, found...)
	}
	counts := map[string]int{}
	for i := range all {
		r := &all[i]
		counts[r.state]++
		switch r.state {
		case "FAIL":
			ok = false
			fmt.Fprintf(w, "%s: failed: %s %s\n", name, r.suite, r.name)
		case "SKIP":
			reason, listed := allowed.reason(r.suite + "/" + r.name)
			if !listed {
				ok = false
				reason = "NOT ON THE LIST OF SKIPS: " + r.why()
			}
			fmt.Fprintf(w, "%s: skipped: %s %s: %s\n", name, r.suite, r.name, reason)
		}
	}
	fmt.Fprintf(w, "%s: %d tests, %d passed, %d failed, %d skipped\n", name, len(all), counts["PASS"], counts["FAIL"], counts["SKIP"])
	if junit == "" {
		return ok, nil
	}
	return ok, writeJUnit(junit, name, all, counts)
}

// result is one test that ended.
type result struct {
	suite, name, state, seconds string
	output                      []string
}

// why is the last line that a test printed.
func (r *result) why() string {
	if len(r.output) == 0 {
		return "no reason given"
	}
	return strings.TrimSpace(r.output[len(r.output)-1])
}

var (
	reEnd = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) \(([0-9.]+)s\)$`)
	reRun = regexp.MustCompile(`^\s*=== (RUN|PAUSE|CONT|NAME)\s+(\S+)$`)
)

// parse reads one log. A test that began and has no end, because the process
// died, has failed.
func parse(f *os.File, suite string) ([]result, error) {
	var out []result
	begun := map[string]bool{}
	output := map[string][]string{}
	current := ""
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 4<<20)
	for sc.Scan() {
		line := strings.ToValidUTF8(sc.Text(), "?")
		if m := reRun.FindStringSubmatch(line); m != nil {
			current = m[2]
			begun[current] = true
			continue
		}
		if m := reEnd.FindStringSubmatch(line); m != nil {
			delete(begun, m[2])
			out = append(out, result{suite, m[2], m[1], m[3], output[m[2]]})
			current = m[2]
			continue
		}
		// What a failed or skipped test said follows its end or precedes it.
		if n := len(out); n > 0 && out[n-1].name == current && strings.HasPrefix(line, "    ") {
			out[n-1].output = append(out[n-1].output, line)
		} else if len(output[current]) < 200 {
			output[current] = append(output[current], line)
		}
	}
	var lost []string
	for name := range begun {
		lost = append(lost, name)
	}
	sort.Strings(lost)
	for _, name := range lost {
		out = append(out, result{suite, name, "FAIL", "0", append(output[name], "it did not end")})
	}
	return out, sc.Err()
}

// skipList is what may be skipped.
type skipList []struct {
	pattern *regexp.Regexp
	reason  string
}

func (l skipList) reason(name string) (string, bool) {
	for _, s := range l {
		if s.pattern.MatchString(name) {
			return s.reason, true
		}
	}
	return "", false
}

func readSkips(path string) (skipList, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list skipList
	for i, line := range strings.Split(string(b), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, reason, ok := strings.Cut(line, " ")
		re, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil || !ok {
			return nil, fmt.Errorf("%s:%d: write a pattern of the test's name, then the reason", path, i+1)
		}
		list = append(list, struct {
			pattern *regexp.Regexp
			reason  string
		}{re, strings.TrimSpace(reason)})
	}
	return list, nil
}

type suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Cases    []kase   `xml:"testcase"`
}

type kase struct {
	Class   string `xml:"classname,attr"`
	Name    string `xml:"name,attr"`
	Time    string `xml:"time,attr"`
	Failure *text  `xml:"failure,omitempty"`
	Skipped *text  `xml:"skipped,omitempty"`
}

type text struct {
	Text string `xml:",chardata"`
}

func writeJUnit(path, name string, all []result, counts map[string]int) error {
	s := suite{Name: name, Tests: len(all), Failures: counts["FAIL"], Skipped: counts["SKIP"]}
	for _, r := range all {
		k := kase{Class: r.suite, Name: r.name, Time: r.seconds}
		body := &text{strings.Join(r.output, "\n")}
		switch r.state {
		case "FAIL":
			k.Failure = body
		case "SKIP":
			k.Skipped = body
		}
		s.Cases = append(s.Cases, k)
	}
	b, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte(xml.Header), append(b, '\n')...), 0o644)
}
