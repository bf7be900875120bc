package policy

import "github.com/nsbox/nsbox/nsbox"

// Ceilings are the host's bounds and defaults, read from a root-owned file.
type Ceilings struct {
	Default nsbox.Limits `toml:"default"`
	Min     nsbox.Limits `toml:"min"`
	Max     nsbox.Limits `toml:"max"`
	// CompileMax bounds what a language file may give its compile stage.
	CompileMax nsbox.Limits `toml:"compile_max"`
	// Profiles are the seccomp profiles that a request may name.
	Profiles []string `toml:"profiles"`
	// Sandboxes bounds sandboxes that live on.
	Sandboxes SandboxCeilings `toml:"sandboxes"`
}

// DefaultCeilings are the bounds of a host whose administrator has not set any.
func DefaultCeilings() Ceilings {
	return Ceilings{
		Default: nsbox.Limits{
			Timeout: seconds(60), Memory: 256 * nsbox.MiB, CPUs: 1, Pids: 64,
			Disk: 100 * nsbox.MiB, Inodes: 10_000, OpenFiles: 1024, MaxOutput: nsbox.MiB,
		},
		Min: nsbox.Limits{
			Timeout: seconds(1), CPUTime: seconds(0.1), Memory: 64 * nsbox.MiB, CPUs: 0.1, Pids: 1,
			Disk: nsbox.MiB, Inodes: 16, OpenFiles: 256, MaxOutput: nsbox.KiB,
		},
		Max: nsbox.Limits{
			Timeout: seconds(300), CPUTime: seconds(1200), Memory: 2 * nsbox.GiB, CPUs: 4, Pids: 1024,
			Disk: nsbox.GiB, Inodes: 200_000, OpenFiles: 4096, MaxOutput: 64 * nsbox.MiB,
		},
		CompileMax: nsbox.Limits{
			Timeout: seconds(60), CPUTime: seconds(240), Memory: 2 * nsbox.GiB, CPUs: 4, Pids: 256,
			Disk: nsbox.GiB, Inodes: 200_000, OpenFiles: 4096, MaxOutput: 64 * nsbox.MiB,
		},
		Profiles:  []string{"default", "strict", "compile"},
		Sandboxes: defaultSandboxes(),
	}
}

func seconds(n float64) nsbox.Duration { return nsbox.Duration(n * 1e9) }
