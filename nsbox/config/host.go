package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pelletier/go-toml/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/internal/ids"
	"github.com/nsbox/nsbox/nsbox/policy"
)

// HostFile is the root-owned file of the host's bounds.
const HostFile = "/etc/nsbox/helper.toml"

// Host is what the administrator sets for all users. It binds where the helper
// reads it; the command line reads it to explain what the helper would decide.
type Host struct {
	// IDBase and IDCount are the block of subordinate ids.
	IDBase, IDCount uint32
	Ceilings        policy.Ceilings
	Cache           Cache
	Pool            Pool
}

// Cache bounds what the helper keeps of compile stages, to spare the next one
// that would be just the same.
type Cache struct {
	// Size is what everything kept takes of the memory, Entries how many results
	// there are. Zero for either keeps nothing.
	Size    nsbox.Size `toml:"size"`
	Entries int        `toml:"entries"`
	// Shared lets a user get what another's request has made: from exactly the
	// same, but how fast it comes tells that somebody had it compiled before.
	Shared bool `toml:"shared"`
}

// DefaultCache is what a host has that sets nothing.
func DefaultCache() Cache { return Cache{Size: 256 * nsbox.MiB, Entries: 1000} }

// maxCacheEntries bounds Entries: each takes a descriptor of the helper.
const maxCacheEntries = 10_000

func (c Cache) validate() error {
	if c.Size < 0 {
		return fmt.Errorf("cache.size is %v; it must not be negative", c.Size)
	}
	if c.Entries < 0 || c.Entries > maxCacheEntries {
		return fmt.Errorf("cache.entries is %d; allowed are 0 to %d", c.Entries, maxCacheEntries)
	}
	return nil
}

// DefaultHost is what holds where no file says anything.
func DefaultHost() Host {
	return Host{IDBase: ids.DefaultBase, IDCount: ids.DefaultCount, Ceilings: policy.DefaultCeilings(), Cache: DefaultCache(), Pool: DefaultPool()}
}

// LoadHost reads the file at path over the values of h, strictly. A file that
// does not exist changes nothing.
func LoadHost(path string, h *Host) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	file := struct {
		IDs struct {
			Base  uint32 `toml:"base"`
			Count uint32 `toml:"count"`
		} `toml:"ids"`
		Limits *policy.Ceilings `toml:"limits"`
		Cache  *Cache           `toml:"cache"`
		Pool   *Pool            `toml:"pool"`
	}{Limits: &h.Ceilings, Cache: &h.Cache, Pool: &h.Pool}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&file); err != nil {
		var unknown *toml.StrictMissingError
		if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
			row, _ := unknown.Errors[0].Position()
			return fmt.Errorf("%s:%d: unknown key %v", path, row, unknown.Errors[0].Key())
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	if file.IDs.Base != 0 {
		h.IDBase, h.IDCount = file.IDs.Base, file.IDs.Count
	}
	if err := h.Cache.validate(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := h.Pool.validate(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := h.Ceilings.Validate(); err != nil {
		return fmt.Errorf("%s: limits.%w", path, err)
	}
	return nil
}
