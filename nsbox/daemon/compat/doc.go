// Package compat speaks the shapes of four systems that nsbox follows, so that
// what was written for them goes on working with another host and port:
//
//	YuuBox            POST /execute, GET /health
//	Sandbox Executor  POST /api/v1/execute: its fields stand beside the native ones
//	SoulBox           the same path, told by the key "runtime"; and its WebSocket message
//	pybox             POST /run
//
// Here are the shapes alone, and what they mean in ours: pure functions from
// their request to a service.ExecuteRequest and from an nsbox.Result to their
// answer. Fields that describe how those systems confine a program (an image,
// a runtime, a user namespace mode) are taken and change nothing: confinement
// is not the client's to choose. What asks for less of it is refused.
package compat
