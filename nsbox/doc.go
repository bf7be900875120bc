// Package nsbox runs code that nobody trusts and reports how it ended.
//
// A [Request] names a language and carries the program's files, arguments,
// input and [Limits]; it never carries a host path or a flag for the kernel.
// [Run] hands it to the privileged helper, which puts the program into fresh
// namespaces on a prebuilt root filesystem, and returns a [Result]:
//
//	res, err := nsbox.Run(ctx, nsbox.Request{
//		Language: "python",
//		Files:    []nsbox.File{{Name: "main.py", Data: []byte("print(6 * 7)")}},
//	})
//
// An error means that nsbox failed. A program that crashes, exceeds a limit or
// is killed is no error: Result.Verdict says how it ended.
//
// The package is the centre of the project: types that every other package
// speaks in, and a client of the helper. It imports the standard library only.
package nsbox
