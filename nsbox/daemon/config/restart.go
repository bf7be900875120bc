package config

import "reflect"

// fixed are the options that hold from the start to the end of a daemon: what it
// listens on and under which names, where it keeps things, and where it writes.
// Every other option is read again with SIGHUP.
var fixed = []struct {
	name  string
	value func(*Config) any
}{
	{"listen", func(c *Config) any { return c.Listen }},
	{"tls.cert", func(c *Config) any { return c.TLSCert }}, // what is in the file is read again
	{"tls.key", func(c *Config) any { return c.TLSKey }},
	{"hosts", func(c *Config) any { return c.Hosts }},
	{"origins", func(c *Config) any { return c.Origins }},
	{"proxies", func(c *Config) any { return c.Proxies }},
	{"state-dir", func(c *Config) any { return c.StateDir }},
	{"store", func(c *Config) any { return c.Store }},
	{"grace", func(c *Config) any { return c.Grace }},
	{"audit.file", func(c *Config) any { return c.AuditPath() }},
	{"audit.size", func(c *Config) any { return c.AuditSize }},
	{"audit.files", func(c *Config) any { return c.AuditFiles }},
	{"log.format", func(c *Config) any { return c.LogFormat }},
	{"metrics", func(c *Config) any { return c.Metrics }},
	{"tracing.endpoint", func(c *Config) any { return c.TraceEndpoint }},
	{"tracing.sample", func(c *Config) any { return c.TraceSample }},
	{"socket", func(c *Config) any { return c.Base.Socket }},
	{"images", func(c *Config) any { return c.Base.Images }},
}

// Restart names the options that differ in next and need a restart. Among them is
// auth.required where it was set and is not any more: the addresses were allowed
// because of it.
func (c *Config) Restart(next *Config) []string {
	var names []string
	for _, f := range fixed {
		if !reflect.DeepEqual(f.value(c), f.value(next)) {
			names = append(names, f.name)
		}
	}
	if c.AuthRequired && !next.AuthRequired {
		names = append(names, "auth.required")
	}
	return names
}
