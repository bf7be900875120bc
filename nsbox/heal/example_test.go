package heal_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/heal"
)

// shouting mends programs that are written in capitals.
type shouting struct{}

func (shouting) Name() string { return "shouting" }

func (shouting) Propose(_ context.Context, p nsbox.Problem) ([]nsbox.Fix, error) {
	main := p.Main()
	return []nsbox.Fix{{
		Rule: "shouting/lower", Explanation: "the language knows small letters only",
		Edits: []nsbox.Edit{{File: main.Name, End: len(main.Data), Text: string(bytes.ToLower(main.Data))}},
	}}, nil
}

// A healer of one's own, after the rules. Options.Run stands in for a sandbox
// here, so that the example runs anywhere.
func Example() {
	opts, err := heal.Options()
	if err != nil {
		fmt.Println(err)
		return
	}
	opts.Healers = append(opts.Healers, shouting{})
	opts.Run = func(_ context.Context, req nsbox.Request) (nsbox.Result, error) {
		res := nsbox.Result{Language: "basic", Stage: nsbox.StageRun, Verdict: nsbox.NonZero, ExitCode: 1}
		if string(req.Files[0].Data) == "print 1" {
			res.Verdict, res.ExitCode, res.Stdout = nsbox.OK, 0, []byte("1\n")
		}
		return res, nil
	}
	rep, err := nsbox.Heal(context.Background(), nsbox.Request{
		Files: []nsbox.File{{Name: "main.bas", Data: []byte("PRINT 1")}},
	}, opts)
	if err != nil {
		fmt.Println(err) // nsbox failed
		return
	}
	fmt.Println(rep.Healed, rep.Iterations, rep.Attempts[0].Rule)
	fmt.Println(rep.FinalCode)
	// Output:
	// true 2 shouting/lower
	// print 1
}
