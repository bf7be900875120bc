package compat

import (
	"time"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
)

// YuuBoxRequest is the body of YuuBox's POST /execute.
type YuuBoxRequest struct {
	Code     string `json:"code" doc:"The program"`
	Language string `json:"language" doc:"Its language" example:"python"`
	// Nil fields take YuuBox's defaults, which are nsbox's.
	MaxIterations *int     `json:"max_iterations,omitempty" doc:"How many times the program runs at most, 1 to 10"`
	Timeout       *float64 `json:"timeout,omitempty" doc:"Seconds"`
	MemoryMB      *float64 `json:"memory_mb,omitempty" doc:"MiB"`
	NoHealing     bool     `json:"no_healing,omitempty" doc:"Run once, mend nothing"`
}

// Request is what r asks for.
func (r *YuuBoxRequest) Request() (service.ExecuteRequest, error) {
	heal := !r.NoHealing
	req := service.ExecuteRequest{Code: r.Code, Language: r.Language, Heal: &heal}
	if r.MaxIterations != nil && heal {
		if *r.MaxIterations < 1 {
			return req, refuse("max_iterations is %d; allowed are 1 to %d", *r.MaxIterations, nsbox.MaxIterations)
		}
		req.MaxIterations = *r.MaxIterations
	}
	var err error
	if req.Timeout, err = seconds("timeout", r.Timeout); err == nil {
		req.Memory, err = megabytes("memory_mb", r.MemoryMB)
	}
	return req, err
}

// seconds is zero, the default, where f is nil.
func seconds(name string, f *float64) (nsbox.Duration, error) {
	if f == nil {
		return 0, nil
	}
	if *f <= 0 || *f > 1e9 {
		return 0, refuse("%s is %g; it is a number of seconds above 0", name, *f)
	}
	return nsbox.Duration(*f * float64(time.Second)), nil
}

func megabytes(name string, f *float64) (nsbox.Size, error) {
	if f == nil {
		return 0, nil
	}
	if *f <= 0 || *f > 1e9 {
		return 0, refuse("%s is %g; it is a number of megabytes above 0", name, *f)
	}
	return mb(*f), nil
}

// YuuBoxAnswer is the answer to YuuBox's POST /execute.
type YuuBoxAnswer struct {
	Success       bool                `json:"success" doc:"The program ended with status 0, healed or not"`
	Stdout        string              `json:"stdout"`
	Stderr        string              `json:"stderr"`
	ExitCode      int                 `json:"exit_code"`
	Iterations    int                 `json:"iterations" doc:"How many times the program ran"`
	ExecutionTime float64             `json:"execution_time" doc:"Seconds, all runs together"`
	FinalCode     string              `json:"final_code" doc:"The program as it is after healing"`
	ErrorHistory  []YuuBoxErrorReport `json:"error_history" doc:"The error of each run that failed"`
}

// YuuBoxErrorReport is one failed run.
type YuuBoxErrorReport struct {
	ErrorType    string `json:"error_type"`
	ErrorMessage string `json:"error_message"`
	Iteration    int    `json:"iteration"`
	// LineNumber is nil where it is not known.
	LineNumber *int `json:"line_number"`
}

// NewYuuBoxAnswer makes the answer to code, which lay in the file main and ended
// with r after took. Without healing nobody has read the error yet: analyzer,
// which may be nil, does.
func NewYuuBoxAnswer(main, code string, r nsbox.Result, took time.Duration, analyzer nsbox.Analyzer) YuuBoxAnswer {
	a := YuuBoxAnswer{
		Success: r.Verdict == nsbox.OK, Stdout: text(r.Stdout), Stderr: text(r.Stderr), ExitCode: r.ExitCode,
		Iterations: r.Iterations, ExecutionTime: round(took.Seconds(), 6), FinalCode: r.FinalCode,
		ErrorHistory: []YuuBoxErrorReport{},
	}
	if a.FinalCode == "" {
		a.FinalCode = code
	}
	for _, t := range r.Attempts {
		// Several fixes may have been tried on one run; its error is told once.
		if n := len(a.ErrorHistory); n > 0 && a.ErrorHistory[n-1].Iteration == t.Iteration {
			continue
		}
		a.ErrorHistory = append(a.ErrorHistory, report(t.Diagnosis, t.Iteration))
	}
	if len(a.ErrorHistory) == 0 && !a.Success {
		a.ErrorHistory = append(a.ErrorHistory, report(diagnose(nsbox.File{Name: main, Data: []byte(code)}, &r, analyzer), 1))
	}
	return a
}

func diagnose(main nsbox.File, r *nsbox.Result, analyzer nsbox.Analyzer) nsbox.Diagnosis {
	if analyzer != nil {
		if found := analyzer.Analyze(r.Evidence([]nsbox.File{main})); len(found) > 0 {
			return found[0]
		}
	}
	d := nsbox.Diagnosis{Type: string(r.Verdict)}
	if s := sentence(r); s != nil {
		d.Message = *s
	}
	return d
}

func report(d nsbox.Diagnosis, iteration int) YuuBoxErrorReport {
	e := YuuBoxErrorReport{ErrorType: d.Type, ErrorMessage: d.Message, Iteration: iteration}
	if d.Line > 0 {
		e.LineNumber = &d.Line
	}
	return e
}
