package restapi_test

import "syscall"

// smallBuffer makes a connection whose kernel takes little ahead of its reader.
func smallBuffer(_, _ string, c syscall.RawConn) error {
	var err error
	cerr := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	if cerr != nil {
		return cerr
	}
	return err
}
