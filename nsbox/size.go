package nsbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is an amount of memory, disk or output in bytes. As text it is written
// with a binary unit: 64MiB.
type Size int64

// The binary units of a Size.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// String writes s with the largest unit that divides it: 64MiB, 1536KiB, 100B.
func (s Size) String() string {
	switch {
	case s != 0 && s%GiB == 0:
		return fmt.Sprintf("%dGiB", s/GiB)
	case s != 0 && s%MiB == 0:
		return fmt.Sprintf("%dMiB", s/MiB)
	case s != 0 && s%KiB == 0:
		return fmt.Sprintf("%dKiB", s/KiB)
	}
	return fmt.Sprintf("%dB", int64(s))
}

// ParseSize reads a size such as "256MiB", "1.5GiB", "64m" or "1048576". K, M
// and G, with or without iB or B, all mean the binary units; a bare number is
// bytes.
func ParseSize(text string) (Size, error) {
	num := strings.TrimSpace(text)
	lower := strings.ToLower(num)
	mult := Size(1)
	for _, u := range []struct {
		suffix string
		mult   Size
	}{
		{"kib", KiB}, {"mib", MiB}, {"gib", GiB},
		{"kb", KiB}, {"mb", MiB}, {"gb", GiB},
		{"k", KiB}, {"m", MiB}, {"g", GiB}, {"b", 1},
	} {
		if strings.HasSuffix(lower, u.suffix) {
			mult, num = u.mult, strings.TrimSpace(num[:len(num)-len(u.suffix)])
			break
		}
	}
	// ParseFloat would also take "inf", "nan" and hexadecimal; none is a size.
	if num == "" || strings.Trim(num, "0123456789.") != "" {
		return 0, fmt.Errorf("%q is not a size: write a number with KiB, MiB or GiB, such as 256MiB", text)
	}
	f, err := strconv.ParseFloat(num, 64)
	if err != nil || f*float64(mult) >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is not a size: write a number with KiB, MiB or GiB, such as 256MiB", text)
	}
	return Size(f * float64(mult)), nil
}

// MarshalText writes s as [Size.String] does.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads s as [ParseSize] does.
func (s *Size) UnmarshalText(b []byte) error {
	v, err := ParseSize(string(b))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// UnmarshalJSON takes a string with a unit or a bare number of bytes.
func (s *Size) UnmarshalJSON(b []byte) error {
	return s.UnmarshalText([]byte(strings.Trim(string(b), `"`)))
}
