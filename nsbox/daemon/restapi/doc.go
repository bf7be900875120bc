// Package restapi is the daemon's HTTP front: REST with Server-Sent Events,
// described by OpenAPI 3.1, the page that shows it, the shapes of other systems
// (package compat) and the WebSocket (package wsapi), each a thin layer over
// service.Service.
//
// An operation is registered with huma, which makes the description from the
// types of its handler and reads its parameters. Bodies are read here, strictly
// (web.Decode), because huma reads them twice and says what is wrong in its own
// words. What huma refuses by itself becomes the same problem JSON as all else
// (problems, in huma.go).
//
// New returns the whole handler: web's middleware around it, in the order that
// package web gives reasons for.
package restapi
