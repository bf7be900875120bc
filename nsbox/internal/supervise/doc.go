// Package supervise keeps a few child processes running, as `nsbox serve` does
// with the helper and the daemon where no service manager does it.
//
// A child tells that it serves by systemd's notification protocol (sd_notify(3)),
// so that a program behaves the same here and in a unit. Children are started in
// their order, each when the one before it is ready, and ended in the reverse
// order. One that ends by itself is started again, after a pause that grows with
// every failure. Where the supervisor itself is killed, the kernel sends every
// child SIGTERM.
package supervise
