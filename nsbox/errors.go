package nsbox

import "errors"

// The classes of nsbox's own failures. Errors that Run returns wrap one of
// them where a caller can act on it; every other error is nsbox's fault.
var (
	// ErrBadRequest: the request is not allowed as it stands.
	ErrBadRequest = errors.New("bad request")
	// ErrLanguage: no such language, or its image is not built.
	ErrLanguage = errors.New("language not available")
	// ErrUnsupported: the host lacks something that confinement needs.
	ErrUnsupported = errors.New("not supported by this host")
	// ErrNoHelper: no helper runs and none can be started.
	ErrNoHelper = errors.New("no helper")
)
