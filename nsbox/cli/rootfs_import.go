package cli

import "github.com/urfave/cli/v2"

func (a *App) importCommand(images []cli.Flag) *cli.Command {
	return &cli.Command{Name: "import", Flags: images}
}
