package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nsbox/nsbox/nsbox/internal/probe"
	"github.com/nsbox/nsbox/nsbox/report"
)

func (a *App) doctorCommand() *cli.Command {
	return &cli.Command{
		Name: "doctor", Usage: "check what this host offers, what is missing and how to mend it",
		Description: "nsbox doctor\n# for a program\nnsbox doctor --json",
		ArgsUsage:   "The exit status is 1 if something required is missing.",
		Flags:       append([]cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print the checks as JSON"}}, only(optionFlags(), "socket", "images")...),
		Action:      a.doctor,
	}
}

// only keeps the flags with the given names.
func only(flags []cli.Flag, names ...string) []cli.Flag {
	var kept []cli.Flag
	for _, n := range names {
		if f := findFlag(flags, n); f != nil {
			kept = append(kept, f)
		}
	}
	return kept
}

func (a *App) doctor(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	cfg, err := a.settings(c)
	if err != nil {
		return err
	}
	checks := append(probe.Kernel(), a.installation(cfg)...)
	ready := probe.Ready(checks)
	if c.Bool("json") {
		err = a.printJSON(struct {
			Ready  bool          `json:"ready"`
			System string        `json:"system"`
			Checks []probe.Check `json:"checks"`
		}{ready, probe.System(), checks})
	} else {
		err = a.printChecks(checks, ready)
	}
	if err == nil && !ready {
		err = quietly(exitNotReady)
	}
	return err
}

func (a *App) printChecks(checks []probe.Check, ready bool) error {
	var w strings.Builder
	fmt.Fprintln(&w, probe.System())
	group := ""
	for _, c := range checks {
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(&w, "\n%s\n", group)
		}
		word, colour := "yes", green
		switch {
		case c.Bad():
			word, colour = "NO", red
		case c.Answer == probe.No:
			word, colour = "no", yellow
		case c.Answer == probe.Unknown:
			word, colour = "?", yellow
		}
		name := c.Name
		if c.Detail != "" {
			name += a.out.paint(dim, " ("+report.Escape(c.Detail)+")")
		}
		fmt.Fprintf(&w, "  %s %s\n", a.out.paint(colour, fmt.Sprintf("%-3s", word)), name)
		if c.Answer != probe.Yes {
			if c.Consequence != "" {
				fmt.Fprintf(&w, "      so: %s\n", report.Escape(c.Consequence))
			}
			if c.Remedy != "" {
				fmt.Fprintf(&w, "      do: %s\n", report.Escape(c.Remedy))
			}
		}
	}
	fmt.Fprintf(&w, "\n%s\n", verdict(checks, ready))
	_, err := fmt.Fprint(a.Stdout, w.String())
	return err
}

// verdict sums the checks up in one line.
func verdict(checks []probe.Check, ready bool) string {
	missing, unknown := 0, 0
	for _, c := range checks {
		switch {
		case c.Bad():
			missing++
		case c.Need == probe.Required && c.Answer == probe.Unknown:
			unknown++
		}
	}
	switch {
	case !ready && missing == 1:
		return "Programs cannot run here: one required thing is missing (NO)."
	case !ready:
		return fmt.Sprintf("Programs cannot run here: %d required things are missing (NO).", missing)
	case unknown > 0:
		return fmt.Sprintf("Nothing required is known to be missing; %d checks could not tell (?).", unknown)
	}
	return "Everything required is there."
}
