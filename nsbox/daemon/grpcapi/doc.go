// Package grpcapi is the daemon's gRPC front: the services of proto/nsbox/v1, health
// and reflection, each a thin layer over service.Service. Connect serves the gRPC
// protocol, gRPC-Web, and plain HTTP with JSON from the same handlers.
//
// The code in nsboxv1 is made from the .proto files by `make proto`; `make
// proto-check` says whether both agree.
package grpcapi
