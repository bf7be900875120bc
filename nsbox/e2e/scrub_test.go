package e2e

import "regexp"

// What differs from run to run in any case.
var varying = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`0x[0-9a-f]{6,16}`), "0xADDRESS"},
	{regexp.MustCompile(`started \d{9,}`), "started THREAD"},
	{regexp.MustCompile(`\d+\.\d+ms|duration_ms \d+\.\d+`), "DURATION"},
	{regexp.MustCompile(`unnamed module @[0-9a-f]+`), "unnamed module @HASH"},
	{regexp.MustCompile(`in \d+\.\d+s`), "in TIME"},
	{regexp.MustCompile(`/tmp/tmp[a-z0-9_]{8}`), "/tmp/tmpNAME"},
}

func scrub(b []byte) []byte {
	for _, v := range varying {
		b = v.re.ReplaceAll(b, []byte(v.to))
	}
	return b
}
