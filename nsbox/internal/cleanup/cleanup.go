// Package cleanup undoes what was half built.
package cleanup

import "errors"

// Stack is a list of things to undo, last first:
//
//	var undo cleanup.Stack
//	defer undo.Run(&err)
//	undo.Add(cg.Delete)
//	...
//	undo.Release()
//
// The zero value is ready. It is not safe for concurrent use.
type Stack struct {
	list []func() error
}

// Add puts f on the stack.
func (s *Stack) Add(f func() error) { s.list = append(s.list, f) }

// AddFunc puts an f that can't fail on the stack.
func (s *Stack) AddFunc(f func()) { s.Add(func() error { f(); return nil }) }

// Release forgets everything: what was built stays.
func (s *Stack) Release() { s.list = nil }

// Run undoes everything and joins what failed to *err.
func (s *Stack) Run(err *error) {
	for i := len(s.list) - 1; i >= 0; i-- {
		if e := s.list[i](); e != nil {
			*err = errors.Join(*err, e)
		}
	}
	s.list = nil
}
