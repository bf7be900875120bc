package daemon

import (
	"context"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/daemon/parts"
)

func (p *program) auditCommand() *cli.Command {
	return &cli.Command{
		Name: "audit", Usage: "look after the audit log",
		Subcommands: []*cli.Command{{
			Name: "verify", Usage: "say whether the log is whole: no line changed, gone or put in between",
			Flags: optionFlags(stateOptions...),
			Action: func(c *cli.Context) error {
				if err := noArguments(c); err != nil {
					return err
				}
				cfg, err := p.load(c)
				if err != nil {
					return err
				}
				if done, err := p.asOwner(cfg, os.Args[1:]); done || err != nil {
					return err
				}
				report, err := parts.VerifyAudit(context.Background(), cfg)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, "the audit log is whole: %d lines in %d files, %d to %d, ends with %s\n", report.Lines, report.Files, report.First, report.Last, report.LastHash)
				return nil
			},
		}},
	}
}
