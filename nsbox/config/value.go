package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
)

// The setters check what a value is. Whether it is in the host's range is the
// helper's to say: it has the ceilings.

func setDuration(d *nsbox.Duration, v string) error {
	got, err := nsbox.ParseDuration(v)
	if err != nil {
		return err
	}
	if got <= 0 {
		return fmt.Errorf("%q is not allowed: the time must be more than zero, such as 60s", v)
	}
	*d = got
	return nil
}

func setSize(s *nsbox.Size, v string) error {
	got, err := nsbox.ParseSize(v)
	if err != nil {
		return err
	}
	if got <= 0 {
		return fmt.Errorf("%q is not allowed: the size must be more than zero, such as 256MiB", v)
	}
	*s = got
	return nil
}

func setCPUs(f *float64, v string) error {
	got, err := strconv.ParseFloat(v, 64)
	// ParseFloat takes "inf", "nan" and hexadecimal too.
	if err != nil || strings.Trim(v, "0123456789.") != "" || got <= 0 {
		return fmt.Errorf("%q is not a number of processors: write a number above zero, such as 0.5 or 2", v)
	}
	*f = got
	return nil
}

func setCount(n *int, v string) error {
	got, err := strconv.Atoi(v)
	if err != nil || got <= 0 {
		return fmt.Errorf("%q is not a count: write a whole number above zero, such as 64", v)
	}
	*n = got
	return nil
}

func setIterations(n *int, v string) error {
	got, err := strconv.Atoi(v)
	if err != nil || got < 1 || got > nsbox.MaxIterations {
		return fmt.Errorf("%q is not allowed: write a whole number from 1 to %d", v, nsbox.MaxIterations)
	}
	*n = got
	return nil
}

func setBool(b *bool, v string) error {
	switch v {
	case "true", "1", "yes":
		*b = true
	case "false", "0", "no":
		*b = false
	default:
		return fmt.Errorf("%q is neither true nor false", v)
	}
	return nil
}

func setNet(n *nsbox.Network, v string) error {
	switch got := nsbox.Network(v); got {
	case nsbox.NetNone, nsbox.NetLoopback:
		*n = got
		return nil
	}
	return fmt.Errorf("%q is not a network: write none or loopback", v)
}

func setString(s *string, v, what string) error {
	if v == "" || strings.ContainsRune(v, 0) {
		return fmt.Errorf("%q is not allowed: write %s", v, what)
	}
	*s = v
	return nil
}

func setPath(s *string, v string) error {
	if !filepath.IsAbs(v) || strings.ContainsRune(v, 0) {
		return fmt.Errorf("%q is not allowed: write an absolute path", v)
	}
	*s = filepath.Clean(v)
	return nil
}
