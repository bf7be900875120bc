package nsbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time. As text it is written as Go does (1m30s); when
// read, a bare number is seconds.
type Duration time.Duration

// Std returns d as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes d as time.Duration does, without zero units at its end: 1m,
// not 1m0s.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// ParseDuration reads "60s", "1m30s", "250ms" or a bare number of seconds.
func ParseDuration(text string) (Duration, error) {
	t := strings.TrimSpace(text)
	if t != "" && strings.Trim(t, "0123456789.") == "" {
		if f, err := strconv.ParseFloat(t, 64); err == nil && f < 1e9 {
			return Duration(f * float64(time.Second)), nil
		}
	}
	d, err := time.ParseDuration(t)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: write a number with ms, s, m or h, such as 60s", text)
	}
	return Duration(d), nil
}

// MarshalText writes d as [Duration.String] does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads d as [ParseDuration] does.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// UnmarshalJSON takes a string with a unit or a bare number of seconds.
func (d *Duration) UnmarshalJSON(b []byte) error {
	return d.UnmarshalText([]byte(strings.Trim(string(b), `"`)))
}
