// Package sandboxtest tries sandboxes that live on, on a real helper: what they
// keep, what they keep apart, and what they leave behind.
package sandboxtest
