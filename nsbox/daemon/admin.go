package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/auth"
	"github.com/nsbox/nsbox/nsbox/daemon/config"
	"github.com/nsbox/nsbox/nsbox/daemon/parts"
	"github.com/nsbox/nsbox/nsbox/store"
)

// What stands here changes the store itself, beside a daemon that may be running:
// it sees the change with the next request. It is for who has the machine, so no
// credentials are asked for but the right to write the store.

// stateOptions are the options that say where the store and the audit log are.
var stateOptions = []string{"state-dir", "store", "audit.file"}

// list is a subcommand that only looks at the store.
func (p *program) list(do func(context.Context, *cli.Context, store.Store) error) cli.ActionFunc {
	return p.admin(func(ctx context.Context, c *cli.Context, db store.Store, _ *journal) error { return do(ctx, c, db) })
}

// admin is a subcommand that works on the store, and says in the audit log what it
// changes.
func (p *program) admin(do func(context.Context, *cli.Context, store.Store, *journal) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		cfg, err := p.load(c)
		if err != nil {
			return err
		}
		if done, err := p.asOwner(cfg, os.Args[1:]); done || err != nil {
			return err
		}
		ctx := context.Background()
		db, err := openStore(ctx, cfg)
		if err != nil {
			return err
		}
		log := &journal{cfg: cfg, by: p.caller()}
		return errors.Join(do(ctx, c, db, log), log.close(), db.Close())
	}
}

// openStore opens what the configuration names; the directory of SQLite has to be
// there, so that a mistyped one makes no second store.
func openStore(ctx context.Context, cfg *config.Config) (store.Store, error) {
	if cfg.Store == "" {
		if _, err := os.Stat(cfg.StateDir); err != nil {
			return nil, fmt.Errorf("state-dir: %w", err)
		}
	}
	return parts.OpenStore(ctx, cfg)
}

func (p *program) keyCommand() *cli.Command {
	return &cli.Command{
		Name: "key", Usage: "make, list and revoke API keys",
		Subcommands: []*cli.Command{
			{
				Name: "create", Usage: "make a key of a user and print it; nobody can see it again",
				Flags: append(optionFlags(stateOptions...),
					&cli.StringFlag{Name: "user", Usage: "`NAME` of its owner", Value: "admin"},
					&cli.StringFlag{Name: "name", Usage: "what it is for", Value: "made by nsboxd key create"},
					&cli.StringFlag{Name: "role", Usage: "at most its owner's `ROLE`", DefaultText: "its owner's"},
					&cli.StringFlag{Name: "ttl", Usage: "`TIME` that it is good for", DefaultText: "for ever"}),
				Action: p.admin(p.createKey),
			},
			{
				Name: "list", Usage: "list the keys, without their secrets", Flags: optionFlags(stateOptions...),
				Action: p.list(p.listKeys),
			},
			{
				Name: "revoke", Usage: "end a key", ArgsUsage: "ID", Flags: optionFlags(stateOptions...),
				Action: p.admin(p.revokeKey),
			},
		},
	}
}

func (p *program) createKey(ctx context.Context, c *cli.Context, db store.Store, log *journal) error {
	if err := noArguments(c); err != nil {
		return err
	}
	now := time.Now().UTC()
	var ttl nsbox.Duration
	if text := c.String("ttl"); text != "" {
		var err error
		if ttl, err = nsbox.ParseDuration(text); err != nil || ttl <= 0 {
			return usagef("--ttl: %q is not allowed: write a time such as 720h", text)
		}
	}
	u, err := db.UserByName(ctx, c.String("user"))
	if errors.Is(err, store.ErrNotFound) {
		u, err = firstAdmin(ctx, db, c.String("user"), now, log)
	}
	if err != nil {
		return err
	}
	role := auth.Role(u.Role)
	if text := c.String("role"); text != "" {
		want, err := auth.ParseRole(text)
		if err != nil {
			return usagef("--role: %w", err)
		}
		if !role.Covers(want) {
			return usagef("--role: %s is %s and can't have a key of the role %s", u.Name, role, want)
		}
		role = want
	}
	secret, id, hash := auth.NewKey()
	k := store.Key{ID: id, OwnerID: u.ID, OwnerName: u.Name, Role: string(role), Name: c.String("name"), Hash: hash, Created: now}
	if ttl > 0 {
		k.Expires = now.Add(ttl.Std())
	}
	err = log.do("key.create", id, map[string]any{"name": k.Name, "role": k.Role, "owner": k.OwnerName, "ttl_seconds": ttl.Std().Seconds()},
		func() error { return db.CreateKey(ctx, k) })
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, secret)
	return nil
}

// firstAdmin makes the administrator of a store that has no user at all.
func firstAdmin(ctx context.Context, db store.Store, name string, now time.Time, log *journal) (store.User, error) {
	users, err := db.Users(ctx)
	if err != nil {
		return store.User{}, err
	}
	if len(users) > 0 || name != "admin" {
		return store.User{}, usagef("there is no user %q: nsboxd user list shows all, nsboxd user add makes one", name)
	}
	u := store.User{ID: auth.NewID(), Name: name, Role: string(auth.Admin), Created: now, Updated: now}
	return u, log.do("user.create", name, map[string]any{"role": u.Role}, func() error { return db.CreateUser(ctx, u) })
}

func (p *program) listKeys(ctx context.Context, c *cli.Context, db store.Store) error {
	if err := noArguments(c); err != nil {
		return err
	}
	keys, err := db.Keys(ctx, "")
	if err != nil {
		return err
	}
	return p.table("ID\tUSER\tROLE\tCREATED\tLAST USED\tSTATE\tNAME", len(keys), func(i int) string {
		k := keys[i]
		state := "valid"
		switch {
		case !k.Revoked.IsZero():
			state = "revoked"
		case !k.Expires.IsZero() && time.Now().After(k.Expires):
			state = "expired"
		case !k.Expires.IsZero():
			state = "until " + day(k.Expires)
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%q", k.ID, k.OwnerName, k.Role, day(k.Created), day(k.LastUsed), state, k.Name)
	})
}

func (p *program) revokeKey(ctx context.Context, c *cli.Context, db store.Store, log *journal) error {
	if c.NArg() != 1 {
		return usagef("key revoke: write the ID of one key; nsboxd key list shows all")
	}
	id := c.Args().First()
	if whole, ok := auth.KeyID(id); ok {
		id = whole // the key itself is as good
	}
	k, err := db.Key(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return usagef("there is no key %q", id)
	}
	if err != nil || !k.Revoked.IsZero() {
		return err
	}
	return log.do("key.revoke", id, map[string]any{"owner": k.OwnerName}, func() error { return db.RevokeKey(ctx, id, time.Now().UTC()) })
}

func (p *program) userCommand() *cli.Command {
	return &cli.Command{
		Name: "user", Usage: "make, change, list and delete users",
		Subcommands: []*cli.Command{
			{
				Name: "add", Usage: "make a user; the password is asked for, or read from standard input", ArgsUsage: "NAME",
				Flags: append(optionFlags(stateOptions...),
					&cli.StringFlag{Name: "role", Usage: "`ROLE`: admin, operator, user or viewer", Value: string(auth.User)},
					&cli.BoolFlag{Name: "no-password", Usage: "make one who has keys only"}),
				Action: p.admin(p.addUser),
			},
			{
				Name: "passwd", Usage: "give a user another password, which ends all logins", ArgsUsage: "NAME",
				Flags: optionFlags(stateOptions...), Action: p.admin(p.changePassword),
			},
			{
				Name: "list", Usage: "list the users", Flags: optionFlags(stateOptions...),
				Action: p.list(p.listUsers),
			},
			{
				Name: "rm", Usage: "delete a user with all keys and logins; the history stays", ArgsUsage: "NAME", Flags: optionFlags(stateOptions...),
				Action: p.admin(p.removeUser),
			},
		},
	}
}

func userName(c *cli.Context) (string, error) {
	if c.NArg() != 1 {
		return "", usagef("user %s: write one NAME", c.Command.Name)
	}
	return c.Args().First(), nil
}

func (p *program) addUser(ctx context.Context, c *cli.Context, db store.Store, log *journal) error {
	name, err := userName(c)
	if err != nil {
		return err
	}
	if len(name) > 64 || name == "" || name == "anonymous" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return usagef("user add: write a name of 1 to 64 bytes without blanks, other than anonymous")
	}
	role, err := auth.ParseRole(c.String("role"))
	if err != nil {
		return usagef("--role: %w", err)
	}
	now := time.Now().UTC()
	u := store.User{ID: auth.NewID(), Name: name, Role: string(role), Created: now, Updated: now}
	if !c.Bool("no-password") {
		if u.PasswordHash, err = p.newPassword(ctx); err != nil {
			return err
		}
	}
	err = log.do("user.create", name, map[string]any{"role": u.Role}, func() error { return db.CreateUser(ctx, u) })
	if errors.Is(err, store.ErrExists) {
		return usagef("there is a user %q already", name)
	}
	return err
}

func (p *program) changePassword(ctx context.Context, c *cli.Context, db store.Store, log *journal) error {
	name, err := userName(c)
	if err != nil {
		return err
	}
	u, err := db.UserByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return usagef("there is no user %q", name)
	}
	if err != nil {
		return err
	}
	if u.PasswordHash, err = p.newPassword(ctx); err != nil {
		return err
	}
	u.Updated = time.Now().UTC()
	return log.do("user.update", name, map[string]any{"password": true}, func() error {
		if err := db.UpdateUser(ctx, u); err != nil {
			return err
		}
		return db.RevokeUser(ctx, u.ID, u.Updated)
	})
}

func (p *program) listUsers(ctx context.Context, c *cli.Context, db store.Store) error {
	if err := noArguments(c); err != nil {
		return err
	}
	users, err := db.Users(ctx)
	if err != nil {
		return err
	}
	return p.table("NAME\tROLE\tCREATED\tPASSWORD\tSTATE", len(users), func(i int) string {
		u := users[i]
		password, state := "no", "active"
		if u.PasswordHash != "" {
			password = "yes"
		}
		if u.Disabled {
			state = "disabled"
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", u.Name, u.Role, day(u.Created), password, state)
	})
}

func (p *program) removeUser(ctx context.Context, c *cli.Context, db store.Store, log *journal) error {
	name, err := userName(c)
	if err != nil {
		return err
	}
	u, err := db.UserByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return usagef("there is no user %q", name)
	}
	if err != nil {
		return err
	}
	return log.do("user.delete", name, nil, func() error { return db.DeleteUser(ctx, u.ID) })
}

// newPassword asks for a password and returns what is kept of it.
func (p *program) newPassword(ctx context.Context) (string, error) {
	password, err := p.readPassword()
	if err != nil {
		return "", err
	}
	if err := auth.CheckPassword(password); err != nil {
		return "", usagef("password: %w", err)
	}
	return auth.NewPasswords(1, auth.Cost{}).Hash(ctx, password)
}

// readPassword asks twice on a terminal; else it takes one line.
func (p *program) readPassword() (string, error) {
	fd := int(p.stdin.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Once more: "} {
		fmt.Fprint(p.stderr, prompt)
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(p.stderr)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", usagef("the two passwords differ")
	}
	return typed[0], nil
}

// table prints n rows in columns.
func (p *program) table(head string, n int, row func(int) string) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	for i := range n {
		fmt.Fprintln(w, row(i))
	}
	return w.Flush()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}
