package restapi_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/nsbox/nsbox/nsbox/daemon/internal/daemontest"
	"github.com/nsbox/nsbox/nsbox/internal/nstest"
)

// listOperations reads what the page lists, as METHOD path.
const listOperations = `[...document.querySelectorAll('.opblock')].map(e =>
	e.querySelector('.opblock-summary-method').innerText + ' ' + e.querySelector('.opblock-summary-path').getAttribute('data-path'))`

// The page of /docs in a real browser that reaches nothing but the daemon: it
// lists the operations, and its "Execute" runs a Python program.
func TestPageInBrowser(t *testing.T) {
	s := daemontest.Start(t, daemontest.Config{Real: true})
	nstest.RequireImage(t, "python")
	browser, err := exec.LookPath("chromium")
	if err != nil {
		nstest.Skip(t, "chromium is missing: run scripts/setup-host --test")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser),
		chromedp.UserDataDir(t.TempDir()),
		// Names lead nowhere: what the page would fetch from elsewhere fails.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("disable-dev-shm-usage", true),
		// A busy machine may take its time to start a browser.
		chromedp.WSURLReadTimeout(90*time.Second))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()

	var mu sync.Mutex
	var foreign []string
	err = chromedp.Listen(ctx, func(ev any) {
		e, ok := ev.(*network.EventRequestWillBeSent)
		if ok && !strings.HasPrefix(e.Request.URL, s.URL) && !strings.HasPrefix(e.Request.URL, "data:") {
			mu.Lock()
			foreign = append(foreign, e.Request.URL)
			mu.Unlock()
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err != nil {
		t.Fatal(err)
	}
	const op = "#operations-execute-execute"
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			page, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
			t.Fatalf("%v\nthe page shows: %.3000s", err, page)
		}
	}
	do(chromedp.Navigate(s.URL+"/docs/"), chromedp.WaitVisible(chromedp.CSS(op)))
	operations, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](listOperations))
	if err != nil {
		t.Fatal(err)
	}
	do(
		chromedp.Click(chromedp.CSS(op+" .opblock-summary-control")),
		chromedp.WaitVisible(chromedp.CSS(op+" textarea.body-param__text")),
		chromedp.ScrollIntoView(chromedp.CSS(op+" button.execute")),
		chromedp.Click(chromedp.CSS(op+" button.execute")),
		chromedp.WaitVisible(chromedp.CSS(op+" .live-responses-table .highlight-code")),
	)
	answer, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(op+" .live-responses-table")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"POST /api/v1/execute", "GET /api/v1/executions", "POST /api/v1/sandboxes", "POST /execute", "POST /run"} {
		if !strings.Contains(strings.Join(operations, "\n"), want) {
			t.Errorf("the page lists no %s: %q", want, operations)
		}
	}
	if !strings.Contains(answer, "200") || !strings.Contains(answer, `"hello\n"`) {
		t.Errorf("the program's answer on the page: %.3000s", answer)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(foreign) > 0 {
		t.Errorf("the page asked for %q", foreign)
	}
}
