package confine

import "testing"

func FuzzDecodeRecord(f *testing.F) {
	f.Add(make([]byte, RecordSize))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRecord(b)
		if err == nil && (len(b) != RecordSize || r.Kind < RecordFailed || r.Kind > RecordWaiting) {
			t.Fatalf("%d bytes were taken as %+v", len(b), r)
		}
	})
}
