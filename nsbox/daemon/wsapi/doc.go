// Package wsapi serves executions over a WebSocket: several at once on one
// connection, with input while they run, and events that a client which lost
// its connection asks for again.
//
// # Messages
//
// All are JSON objects in text frames. The client names each execution by an id
// of its own choice, which the answers repeat.
//
//	client                                       server
//	execute {id, request}                   -->
//	                                        <--  accepted {id, execution}
//	                                        <--  event {id, event}   as they happen
//	stdin {id, data[, encoding]}            -->  with "interactive": true in the request
//	stdin_close {id}                        -->
//	cancel {id}                             -->
//	detach {id}                             -->  stop telling; detached work goes on
//	attach {id, execution[, after]}         -->
//	                                        <--  accepted, then the events after seq "after"
//	ping {[id]}                             -->
//	                                        <--  pong {[id]}
//	                                        <--  error {[id], error}
//
// The request is that of POST /api/v1/execute and the events have the schema
// that all interfaces share; exit or error is an execution's last.
//
// SoulBox's message {"type":"execute","runtime","code","session_id"} is answered
// in its own shape: messages with session_id and output, the last of type
// complete.
//
// # Who waits for whom
//
// A program never waits for a reader. Each execution keeps its last events in a
// ring; what follows it here takes from the ring at the pace of the connection.
// A reader that falls further behind than the ring reaches is told so by an
// error, and can attach again or read the result. A connection that takes
// nothing for half a minute is closed. Closing cancels what the connection has
// started, but not what was started with "detach": true.
package wsapi
