package web_test

import (
	"errors"
	"testing"

	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// Each wrong body is refused in one sentence that says where and what is allowed.
func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"empty", ``, `the body is empty; send a JSON object`},
		{"blank", " \n", `the body is empty; send a JSON object`},
		{"no JSON", `code=1`, `the body is not JSON: invalid character 'c' looking for beginning of value, at byte 1`},
		{"cut", `{"code":"x`, `the body is not JSON: it ends in the middle of a value`},
		{"two", `{"code":"x"} {}`, `something follows the JSON object; send one object alone`},
		{"list", `[]`, `the body is a list; send a JSON object`},
		{"typo", `{"langauge":"go"}`, `there is no field "langauge"; did you mean "language"?`},
		{"typo below", `{"files":[{"nmae":"a"}]}`, `there is no field "nmae"; did you mean "name"?`},
		{"text for number", `{"pids":"many"}`, `"pids" must be a whole number, not a string`},
		{"fraction", `{"pids":1.5}`, `"pids" must be a whole number, not the number 1.5`},
		{"number for text", `{"code":1}`, `"code" must be a string, not a number`},
		{"object for list", `{"args":{}}`, `"args" must be a list, not an object`},
		{"word for bool", `{"vet":"yes"}`, `"vet" must be true or false, not a string`},
		{"duration", `{"code":"x","timeout":"soon"}`, `"timeout": "soon" is not a duration: write a number with ms, s, m or h, such as 60s`},
		{"size", `{"memory":"much"}`, `"memory": "much" is not a size: write a number with KiB, MiB or GiB, such as 256MiB`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := web.Decode([]byte(c.body), &service.ExecuteRequest{})
			e, ok := errors.AsType[*service.Error](err)
			if !ok {
				t.Fatalf("Decode(%s) = %v, no *service.Error", c.body, err)
			}
			if e.Code != service.CodeBadRequest {
				t.Errorf("code %s", e.Code)
			}
			if e.Message != c.want {
				t.Errorf("Decode(%s) says\n\t%s\nnot\n\t%s", c.body, e.Message, c.want)
			}
		})
	}
}

func TestDecodeListsFieldsWhereNoneIsNear(t *testing.T) {
	var v struct {
		Name string `json:"name"`
		Role string `json:"role"`
	}
	err := web.Decode([]byte(`{"favourite_colour":"red"}`), &v)
	if err == nil || err.Error() != `there is no field "favourite_colour"; there are name, role` {
		t.Errorf("got %v", err)
	}
}

func TestDecodeTakesSecondsAsNumbers(t *testing.T) {
	var v service.ExecuteRequest
	if err := web.Decode([]byte(`{"code":"x","language":"python","timeout":1.5,"cpu_time":"250ms","memory":1048576}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.Timeout.String() != "1.5s" {
		t.Errorf("timeout %s", v.Timeout)
	}
	if v.CPUTime.String() != "250ms" {
		t.Errorf("cpu_time %s", v.CPUTime)
	}
	if v.Memory.String() != "1MiB" {
		t.Errorf("memory %s", v.Memory)
	}
}

// No input makes it panic, and every refusal is a *service.Error.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"code":"x","timeout":"1s"}`, `{"files":[{"name":1}]}`, `{"timeout":{}}`, `[`, `{"heal":null,"artifacts":3}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := web.Decode(body, &service.ExecuteRequest{})
		if err == nil {
			return
		}
		if _, ok := errors.AsType[*service.Error](err); !ok {
			t.Errorf("%q: %v", body, err)
		}
	})
}
