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
	// ErrHelperEnded: the helper ended, or is about to, before it had answered. What
	// became of the program is not known; the next helper takes the next request.
	ErrHelperEnded = errors.New("the helper ended")
	// ErrNoSandbox: the caller has no such sandbox, or it has ended.
	ErrNoSandbox = errors.New("no such sandbox")
	// ErrBusy: there are as many sandboxes or executions as there may be, or
	// something is in use; later it may work.
	ErrBusy = errors.New("busy")
	// ErrPaused: the sandbox is paused.
	ErrPaused = errors.New("the sandbox is paused")
	// ErrQuota: the sandbox's files, or a volume, would go beyond their limit.
	ErrQuota = errors.New("quota exceeded")
)
