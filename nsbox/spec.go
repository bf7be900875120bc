package nsbox

// Spec is the part of a Request that the helper is told: names, sizes, limits.
// The bytes of the files follow it.
type Spec struct {
	Language    string     `json:"language"`
	Files       []FileSpec `json:"files"`
	Command     []string   `json:"command,omitempty"`
	Args        []string   `json:"args,omitempty"`
	Env         []string   `json:"env,omitempty"`
	Limits      Limits     `json:"limits"`
	Network     Network    `json:"network,omitempty"`
	Profile     string     `json:"profile,omitempty"`
	ProfileJSON []byte     `json:"profile_json,omitempty"`
	TTY         *TTYSize   `json:"tty,omitempty"`
	Check       bool       `json:"check,omitempty"`
	Artifacts   bool       `json:"artifacts,omitempty"`
	CacheScope  string     `json:"cache_scope,omitempty"`
}

// FileSpec is a File without its bytes.
type FileSpec struct {
	Name       string `json:"name"`
	Size       int64  `json:"size"`
	Executable bool   `json:"executable,omitempty"`
}

// Spec returns what the helper is told of r.
func (r *Request) Spec() Spec {
	s := Spec{
		Language: r.Language, Command: r.Command, Args: r.Args, Env: r.Env, Limits: r.Limits, Network: r.Network,
		Profile: r.Profile, ProfileJSON: r.ProfileJSON, Check: r.Check, Artifacts: r.Artifacts, CacheScope: r.CacheScope,
	}
	for _, f := range r.Files {
		s.Files = append(s.Files, FileSpec{Name: f.Name, Size: int64(len(f.Data)), Executable: f.Executable})
	}
	if r.TTY != nil {
		s.TTY = &TTYSize{Rows: r.TTY.Rows, Cols: r.TTY.Cols}
	}
	return s
}
