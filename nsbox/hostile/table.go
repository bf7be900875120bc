package hostile

import (
	"fmt"
	"strings"
)

// Table writes docs/hostile.md: every program with what it tries, what taught
// it and what must become of it.
func Table() (string, error) {
	hostile, err := Load(Hostile)
	if err != nil {
		return "", err
	}
	benign, err := Load(Benign)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# Hostile and benign programs

Made from the headers of the programs under `+"`nsbox/hostile/testdata`"+` by
`+"`go test ./nsbox/hostile -run TestTable -update`"+`; a test keeps it so.
How the suites work stands in the package's documentation: `+"`go doc ./nsbox/hostile`"+`.

## Hostile: %d programs, each of which must end as the last column says

| class | program | taught by | what is at stake | must end |
|---|---|---|---|---|
`, len(hostile))
	for _, p := range hostile {
		var want []string
		for _, o := range p.Expect {
			want = append(want, strings.TrimPrefix(o.String(), "verdict="))
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", p.Class, p.Name, p.CVE, cell(p.Why), strings.Join(want, " or "))
	}
	fmt.Fprintf(&b, `
## Benign: %d programs, each of which must succeed with its exact output

| language | program | what it does |
|---|---|---|
`, len(benign))
	for _, p := range benign {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", p.Language, p.Name, cell(p.Why))
	}
	return b.String(), nil
}

func cell(s string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s) }
