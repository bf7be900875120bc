//go:build restclient

// Command restclient runs the main calls of the daemon's REST interface with a
// client that oapi-codegen made of its description. That client is client.gen.go,
// which is made anew by each run of the test (nsbox/daemon/restapi, TestGeneratedClient)
// and lies beside this file by an overlay; hence the build tag.
//
//	restclient URL KEY
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	// For client.gen.go, which go mod tidy does not see.
	_ "github.com/oapi-codegen/runtime"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

func run(url, key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := NewClientWithResponses(url, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-API-Key", key)
		return nil
	}))
	if err != nil {
		return err
	}

	health, err := c.HealthWithResponse(ctx)
	if err != nil {
		return err
	}
	if health.JSON200 == nil || !health.JSON200.Ready {
		return fmt.Errorf("health: %s", health.Body)
	}

	language, code := "python", "print hello"
	var body ProgramRequest
	if err := body.FromExecuteRequest(ExecuteRequest{Language: &language, Code: &code}); err != nil {
		return err
	}
	done, err := c.ExecuteWithResponse(ctx, nil, body)
	if err != nil {
		return err
	}
	if done.JSON200 == nil || done.JSON200.Verdict != "ok" || done.JSON200.Stdout != "hello\n" {
		return fmt.Errorf("execute: %s %s", done.Status(), done.Body)
	}

	got, err := c.GetExecutionWithResponse(ctx, done.JSON200.Id)
	if err != nil {
		return err
	}
	if got.JSON200 == nil || got.JSON200.State != "done" {
		return fmt.Errorf("get: %s %s", got.Status(), got.Body)
	}
	list, err := c.ListExecutionsWithResponse(ctx, &ListExecutionsParams{Language: &language})
	if err != nil {
		return err
	}
	if list.JSON200 == nil || !strings.Contains(string(list.Body), done.JSON200.Id) {
		return fmt.Errorf("list: %s %s", list.Status(), list.Body)
	}

	wrong := "no such language"
	if err := body.FromExecuteRequest(ExecuteRequest{Language: &wrong, Code: &code}); err != nil {
		return err
	}
	refused, err := c.ExecuteWithResponse(ctx, nil, body)
	if err != nil {
		return err
	}
	if p := refused.ApplicationproblemJSON422; p == nil || p.Code != "unprocessable" || p.RequestId == "" {
		return fmt.Errorf("refusal: %s %s", refused.Status(), refused.Body)
	}

	languages, err := c.LanguagesWithResponse(ctx)
	if err != nil {
		return err
	}
	if languages.JSON200 == nil {
		return fmt.Errorf("languages: %s %s", languages.Status(), languages.Body)
	}
	return nil
}
