package confine

import (
	"encoding/binary"
	"testing"
)

func FuzzDecodeRecord(f *testing.F) {
	known := map[RecordKind]bool{
		RecordFailed: true, RecordWaiting: true, RecordReady: true,
		RecordRunning: true, RecordExit: true, RecordEntered: true,
	}
	f.Add([]byte{})
	for kind := range uint32(8) {
		b := make([]byte, RecordSize)
		binary.NativeEndian.PutUint32(b, kind)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRecord(b)
		want := len(b) == RecordSize && known[RecordKind(binary.NativeEndian.Uint32(b))]
		if (err == nil) != want {
			t.Fatalf("%d bytes were taken as %+v, error %v", len(b), r, err)
		}
	})
}
