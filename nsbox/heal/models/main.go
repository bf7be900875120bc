package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/nsbox/nsbox/nsbox/heal/command"
	"github.com/nsbox/nsbox/nsbox/heal/model"
	"github.com/nsbox/nsbox/nsbox/heal/settings"
)

// Main is the program nsbox-healer: a problem as JSON on stdin, fixes as JSON on
// stdout, as any healer of the kind "command". The command nsbox starts it where
// --healer names a model, so that the models' libraries cost nothing where no
// model is asked, and their keys are in no other process. It returns the exit
// status.
func Main(args []string) int {
	if err := mend(args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// maxProblem bounds what is read.
const maxProblem = 256 << 20

// configEnv holds the settings as JSON. They have no key, but perhaps its file.
const configEnv = "NSBOX_HEALER_CONFIG"

func mend(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: nsbox-healer NAME < PROBLEM.json; it is started by nsbox")
	}
	var c settings.Config
	if text := os.Getenv(configEnv); text != "" {
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return fmt.Errorf("%s: %w", configEnv, err)
		}
	}
	h, err := New(args[1], c, model.OS)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(os.Stdin, maxProblem))
	if err != nil {
		return err
	}
	var q command.Problem
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("the problem on stdin is not JSON: %w", err)
	}
	if len(q.Files) == 0 || len(q.Diagnoses) == 0 {
		return errors.New("the problem on stdin has no file or no diagnosis")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	p := q.Restore()
	fixes, err := h.Propose(ctx, p)
	if err != nil {
		return err
	}
	a, err := command.AnswerOf(p, fixes)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}
