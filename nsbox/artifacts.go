package nsbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/nsbox/nsbox/nsbox/internal/wire"
)

// takeArtifacts reads what the helper collected: a listing and the bytes of the
// files in it. Files of the request that the program left as they were are none.
func (r *run) takeArtifacts(listing, bytes *os.File) error {
	sums := map[string]string{}
	for _, f := range r.req.Files {
		sum := sha256.Sum256(f.Data)
		sums[f.Name] = hex.EncodeToString(sum[:])
	}
	dec := json.NewDecoder(listing)
	for {
		var f wire.Found
		if err := dec.Decode(&f); err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("the listing is not whole")
			}
			return err
		}
		switch {
		case f.Done:
			return nil
		case f.Reason != "":
			r.res.Skipped = append(r.res.Skipped, Skipped{Path: f.Path, Reason: f.Reason})
			continue
		}
		data := make([]byte, f.Size)
		if _, err := io.ReadFull(bytes, data); err != nil {
			return fmt.Errorf("bytes of %q: %w", f.Path, err)
		}
		if sums[f.Path] == f.SHA256 {
			continue
		}
		a := Artifact{Path: f.Path, MIMEType: mimeType(f.Path, data), Size: f.Size, SHA256: f.SHA256, Data: data}
		r.res.Artifacts = append(r.res.Artifacts, a)
		named := a
		named.Data = nil
		r.events.send(Event{Type: EventArtifact, Artifact: &named})
	}
}

// mimeTypes are the types of files that programs commonly leave. The table is
// ours so that a type does not depend on the host's /etc/mime.types.
var mimeTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".svg": "image/svg+xml", ".pdf": "application/pdf", ".json": "application/json", ".csv": "text/csv",
	".tsv": "text/tab-separated-values", ".txt": "text/plain", ".log": "text/plain", ".md": "text/markdown",
	".html": "text/html", ".htm": "text/html", ".xml": "application/xml", ".css": "text/css",
	".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".zip": "application/zip",
	".gz": "application/gzip", ".tar": "application/x-tar", ".mp3": "audio/mpeg", ".wav": "audio/wav",
	".mp4": "video/mp4", ".webm": "video/webm", ".parquet": "application/vnd.apache.parquet",
	".sqlite": "application/vnd.sqlite3", ".db": "application/vnd.sqlite3",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".npy":  "application/x-npy", ".pkl": "application/x-pickle",
}

// mimeMagics tell a type from the first bytes where the name does not.
var mimeMagics = []struct{ magic, mime string }{
	{"\x89PNG\r\n\x1a\n", "image/png"}, {"\xff\xd8\xff", "image/jpeg"}, {"GIF8", "image/gif"},
	{"%PDF-", "application/pdf"}, {"PK\x03\x04", "application/zip"}, {"\x1f\x8b", "application/gzip"},
	{"\x00asm", "application/wasm"}, {"SQLite format 3\x00", "application/vnd.sqlite3"},
	{"\x7fELF", "application/x-executable"},
}

func mimeType(name string, data []byte) string {
	if t := mimeTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	for _, m := range mimeMagics {
		if strings.HasPrefix(string(data[:min(len(data), 32)]), m.magic) {
			return m.mime
		}
	}
	if _, encoding := encodeStream(data); encoding == "" && !strings.Contains(string(data), "\x00") {
		return "text/plain"
	}
	return "application/octet-stream"
}
