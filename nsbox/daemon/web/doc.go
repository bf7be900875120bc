// Package web holds what every HTTP front end of the daemon needs, whatever it
// speaks: who is asking, whether the request may come in at all, how a body is
// read strictly, and how a refusal is said (RFC 9457 problem JSON).
//
// A request passes, from the outside in:
//
//	RequestID  gives it a name, which every answer and log line carries
//	AccessLog  one line when it is done
//	Recover    a panic becomes a 500, and the process lives on
//	Guard      Host and Origin: DNS rebinding and foreign pages end here
//	Identify   the credentials become a service.Principal, or a 401
//
// The order matters: what refuses must already be logged and named, and what is
// refused for its origin must not learn whether its credentials are right.
package web
