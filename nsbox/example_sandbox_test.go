package nsbox_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/nsbox/nsbox/nsbox"
)

// A sandbox that lives on: files stay from one execution to the next, and an
// interpreter keeps its variables. It needs a helper that runs.
func ExampleClient_CreateSandbox() {
	ctx := context.Background()
	client := &nsbox.Client{}
	sb, err := client.CreateSandbox(ctx, nsbox.SandboxRequest{
		Language: "python",
		Limits:   nsbox.Limits{Memory: 256 * nsbox.MiB, Timeout: nsbox.Duration(10 * time.Second)},
		TTL:      nsbox.Duration(time.Hour),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close(ctx)

	if err := sb.WriteFile(ctx, "numbers.txt", []byte("1 2 3"), 0); err != nil {
		log.Fatal(err)
	}
	res, err := sb.Exec(ctx, nsbox.Request{Files: []nsbox.File{{Data: []byte(`print(open("numbers.txt").read())`)}}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Verdict, string(res.Stdout))

	for _, code := range []string{"x = 6", "x * 7"} {
		if res, err = sb.Eval(ctx, nsbox.EvalRequest{Code: code}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(res.Value.Text)
}
