// Package ruby reads what its toolchain says of a program that failed.
package ruby

import "github.com/nsbox/nsbox/nsbox"

// Analyze is an [nsbox.AnalyzerFunc].
func Analyze(nsbox.Evidence) []nsbox.Diagnosis { return nil }
