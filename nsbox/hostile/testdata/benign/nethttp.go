// nsbox:why: net/http server and client on loopback.
// nsbox:stdout: 200 OK hello /x
// nsbox:limits: timeout=20s
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello ", r.URL.Path) }))
	r, err := http.Get("http://" + l.Addr().String() + "/x")
	if err != nil {
		panic(err)
	}
	b, _ := io.ReadAll(r.Body)
	fmt.Println(r.Status, string(b))
}
