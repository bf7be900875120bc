// Package e2e tests nsbox as its users meet it: real programs in all languages,
// through the client and a real helper, on real images.
package e2e
