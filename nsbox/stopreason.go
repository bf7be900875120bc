package nsbox

// StopReason says why healing ended.
type StopReason string

// The reasons.
const (
	StopSuccess       StopReason = "success"
	StopNoFix         StopReason = "no_fix"         // no healer had one
	StopRepeatedFix   StopReason = "repeated_fix"   // only fixes that were tried before
	StopNoProgress    StopReason = "no_progress"    // every fix was taken back
	StopMaxIterations StopReason = "max_iterations" // all runs are spent
	StopDeadline      StopReason = "deadline"       // all time is spent
	StopNotMendable   StopReason = "not_mendable"   // a limit or a refused call ended the program
	StopHealerError   StopReason = "healer_error"   // the healer could not be asked
	StopInput         StopReason = "input_too_large"
	StopCancelled     StopReason = "cancelled"
)
