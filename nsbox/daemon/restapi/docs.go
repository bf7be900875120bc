package restapi

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// docsFiles are Swagger UI, as scripts/vendor-docs took it from npm, and a page
// of ours around it. The page works without the internet.
//
//go:embed docs
var docsFiles embed.FS

// docsPolicy lets the page load from this daemon and from nowhere else. Swagger
// UI sets style attributes, and draws its icons from data: URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var docsTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".png": "image/png", ".txt": "text/plain; charset=utf-8",
}

// docs serves /docs and what is below it.
type docs struct {
	mu sync.Mutex
	// small holds the compressed files, made when first asked for.
	small map[string][]byte
}

func (d *docs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/docs")
	name = strings.TrimPrefix(name, "/")
	if name == "" {
		name = "index.html"
	}
	data, err := fs.ReadFile(docsFiles, path.Join("docs", name))
	kind := docsTypes[path.Ext(name)]
	if err != nil || kind == "" {
		notFound(w, r)
		return
	}
	h := w.Header()
	pageHeaders(h)
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	if len(data) > 1024 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		data = d.compressed(name, data)
		h.Set("Content-Encoding", "gzip")
	}
	// A browser that has gone away misses the page.
	_, _ = w.Write(data)
}

func (d *docs) compressed(name string, data []byte) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b, ok := d.small[name]; ok {
		return b
	}
	var buf bytes.Buffer
	// Writing to a buffer can't fail.
	zw := gzip.NewWriter(&buf)
	_, _ = zw.Write(data)
	_ = zw.Close()
	if d.small == nil {
		d.small = map[string][]byte{}
	}
	d.small[name] = buf.Bytes()
	return buf.Bytes()
}

// pageHeaders keep the page to itself: no frames, no foreign code, no referrer.
func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", docsPolicy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
