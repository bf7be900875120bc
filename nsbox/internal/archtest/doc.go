// Package archtest holds tests of the module's shape: who may import whom, and
// what no file may contain. Each rule carries the reason it is there for; a
// rule whose reason no longer holds is to be removed, not worked around.
package archtest
