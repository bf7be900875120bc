package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/nsbox/nsbox/nsbox/daemon/audit"
	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/store"
)

// journal is the audit log as a subcommand writes it, beside a daemon that may be
// running: package audit keeps the two apart. The table is the daemon's, which
// finds the lines in the file.
type journal struct {
	cfg *config.Config
	by  caller
	log *audit.Log
}

// do carries out a change and records it. Where the log can't be opened nothing is
// changed.
func (j *journal) do(action, target string, detail map[string]any, change func() error) error {
	if j.log == nil {
		log, err := audit.Open(context.Background(), audit.Options{Path: j.cfg.AuditPath(), MaxSize: int64(j.cfg.AuditSize), MaxFiles: j.cfg.AuditFiles})
		if err != nil {
			return fmt.Errorf("nothing is changed, as it could not be recorded: %w", err)
		}
		j.log = log
	}
	err := change()
	all := map[string]any{"command": "nsboxd"}
	if j.by.sudo != "" {
		all["sudo_user"] = j.by.sudo
	}
	for k, v := range detail {
		all[k] = v
	}
	e := audit.Entry{Actor: j.by.name, ActorID: j.by.id, Action: action, Target: target, Outcome: "ok", Detail: all}
	switch {
	case errors.Is(err, store.ErrExists):
		e.Outcome = "conflict"
	case err != nil:
		e.Outcome = "internal"
	}
	if aerr := j.log.Append(e); aerr != nil && err == nil {
		return fmt.Errorf("it is done, but could not be recorded: %w", aerr)
	}
	return err
}

func (j *journal) close() error {
	if j.log == nil {
		return nil
	}
	return j.log.Close()
}

// caller is the user of the machine who calls a subcommand. The ids begin with
// "uid:", so that none is that of a user of the daemon.
type caller struct{ name, id, sudo string }

// callerVariable tells this program's other self, which asOwner starts, who has
// called. Whoever may write the store could forge the log as well, so that nothing is
// won by setting it.
const callerVariable = "NSBOXD_CALLER"

func (p *program) caller() caller {
	env := map[string]string{}
	for _, e := range p.environ {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	uid := os.Getuid()
	if env[callerVariable] == "root" {
		uid = 0
	}
	c := caller{name: "root", id: "uid:" + strconv.Itoa(uid)}
	if uid == 0 {
		c.sudo = env["SUDO_USER"]
		return c
	}
	c.name = c.id
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		c.name = u.Username
	}
	return c
}
