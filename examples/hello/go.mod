// Eleven languages in one directory are no Go package: this keeps `go vet ./...`
// of the module above out of here.
module example.org/hello

go 1.24
