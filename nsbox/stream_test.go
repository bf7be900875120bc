package nsbox

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The kept bytes are the head and the tail of all bytes, however they came.
func TestCapture(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		limit := rnd.IntN(40)
		all := make([]byte, rnd.IntN(120))
		for i := range all {
			all[i] = byte('a' + i%26)
		}
		c := &capture{limit: int64(limit)}
		for rest := all; len(rest) > 0; {
			n := 1 + rnd.IntN(len(rest))
			c.write(rest[:n])
			rest = rest[n:]
		}
		want := string(all)
		if len(all) > limit {
			half := limit / 2
			want = string(all[:half]) + fmt.Sprintf("\n[nsbox: %d bytes left out]\n", len(all)-limit) + string(all[len(all)-(limit-half):])
		}
		if got := string(c.bytes()); got != want {
			t.Fatalf("limit %d, %d bytes: %q, want %q", limit, len(all), got, want)
		}
		k := c.kept()
		if k.TotalBytes != int64(len(all)) || k.KeptBytes != int64(min(limit, len(all))) {
			t.Fatalf("limit %d, %d bytes: %+v", limit, len(all), k)
		}
	}
}

func TestResultJSON(t *testing.T) {
	r := Result{ID: "x", Verdict: OK, Stdout: []byte("hi\n"), Stderr: []byte{0xff, 0xfe}, Stage: StageRun,
		Compile: &StageResult{Verdict: OK, Stdout: []byte("c")}}
	b, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"stdout":"hi\n"`, `"stderr":"//4="`, `"stderr_encoding":"base64"`, `"artifacts":[]`, `"limit":null`, `"signal":""`, `"compile":{"verdict":"ok"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing in %s", want, b)
		}
	}
	var back Result
	if err := back.UnmarshalJSON(b); err != nil || !bytes.Equal(back.Stdout, r.Stdout) || !bytes.Equal(back.Stderr, r.Stderr) {
		t.Errorf("%+v %v", back, err)
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]Size{"64MiB": 64 * MiB, "1.5GiB": GiB + 512*MiB, "100": 100, "2k": 2 * KiB, "1 MB": MiB, "0": 0} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1e9", "1TiB", "0x10", "inf", "nan", "99999999999GiB", "1.2.3M"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	for text, want := range map[string]string{"60": "1m", "1.5": "1.5s", "250ms": "250ms", "1h": "1h", "90m": "1h30m"} {
		if got, err := ParseDuration(text); err != nil || got.String() != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "1y", "--"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
