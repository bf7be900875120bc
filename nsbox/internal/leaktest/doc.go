// Package leaktest runs a thousand programs, kills some of them and sometimes
// the helper, and counts what is left on the host: nothing may be.
package leaktest
