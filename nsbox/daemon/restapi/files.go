package restapi

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/daemon/service"
	"github.com/nsbox/nsbox/nsbox/daemon/web"
)

// FileList are the files of a directory.
type FileList struct {
	Files []nsbox.SandboxFile `json:"files"`
}

// fileOperations registers those about the files below prefix, .../files. Files
// are streamed in both directions: none is in the daemon's memory.
func (a *api) fileOperations(prefix string, op func(id, method, path, summary, description string) huma.Operation) {
	huma.Register(a.huma, op("list-files", http.MethodGet, prefix, "Files under /workspace", ""),
		func(ctx context.Context, in *struct {
			IDInput
			Dir       string `query:"dir" doc:"The directory, relative to /workspace"`
			Recursive bool   `query:"recursive" doc:"Everything below it, too"`
		}) (*struct{ Body FileList }, error) {
			list, err := a.svc.SandboxFiles(ctx, web.PrincipalOf(ctx), in.ID, in.Dir, in.Recursive)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body FileList }{FileList{list}}, nil
		})

	params := []*huma.Param{pathParam("id", "The sandbox"), pathParam("path", "The file, relative to /workspace")}
	pattern := prefix + "/{path...}"

	read := op("read-file", http.MethodGet, prefix+"/{path}", "A file of a sandbox", "")
	read.Parameters, read.Responses["200"] = params, fileResponse("The file")
	a.raw(read, pattern, a.readFile)

	write := op("write-file", http.MethodPut, prefix+"/{path}", "Write a file",
		"The body is the file. It is written over one that is there, and appears whole or not at all; directories above it are made. With type=dir a directory is made.")
	write.Parameters = append(params[:2:2],
		&huma.Param{Name: "mode", In: "query", Description: "Permission bits in octal: 0644 where it is absent", Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"0755"}}},
		&huma.Param{Name: "type", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"file", "dir"}}})
	write.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	write.Responses["201"] = &huma.Response{Description: "It is there", Content: map[string]*huma.MediaType{"application/json": {Schema: a.schema(nsbox.SandboxFile{})}}}
	a.raw(write, pattern, a.writeFile)

	remove := op("delete-file", http.MethodDelete, prefix+"/{path}", "Delete a file or a directory", "")
	remove.Parameters = append(params[:2:2],
		&huma.Param{Name: "recursive", In: "query", Description: "A directory with everything below it", Schema: &huma.Schema{Type: huma.TypeBoolean}})
	remove.Responses["204"] = &huma.Response{Description: "It is gone"}
	a.raw(remove, pattern, a.deleteFile)
}

func (a *api) readFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, info, err := a.svc.ReadSandboxFile(ctx, web.PrincipalOf(ctx), r.PathValue("id"), r.PathValue("path"))
	if err != nil {
		return err
	}
	defer f.Close()
	fileHeaders(w.Header(), info.Path, "")
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size, 10))
	w.Header().Set("Last-Modified", info.ModTime.UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusOK)
	rc := http.NewResponseController(w)
	buf := make([]byte, 64<<10)
	for {
		n, err := f.Read(buf)
		if n > 0 {
			_ = rc.SetWriteDeadline(time.Now().Add(sendTimeout))
			if _, werr := w.Write(buf[:n]); werr != nil {
				return nil // the reader is gone
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			// A part of a file must not look like all of it.
			panic(http.ErrAbortHandler)
		}
	}
}

func (a *api) writeFile(w http.ResponseWriter, r *http.Request) error {
	ctx, p := r.Context(), web.PrincipalOf(r.Context())
	id, name, q := r.PathValue("id"), r.PathValue("path"), r.URL.Query()
	var mode fs.FileMode
	if s := q.Get("mode"); s != "" {
		n, err := strconv.ParseUint(s, 8, 32)
		if err != nil || n > 0o777 {
			return &service.Error{Code: service.CodeUnprocessable, Message: "mode: " + strconv.Quote(s) + " is not allowed: write permission bits in octal, such as 0644"}
		}
		mode = fs.FileMode(n)
	}
	switch q.Get("type") {
	case "", "file":
	case "dir":
		if err := a.svc.MakeSandboxDir(ctx, p, id, name); err != nil {
			return err
		}
		f, err := a.svc.StatSandboxFile(ctx, p, id, name)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusCreated, f)
		return nil
	default:
		return &service.Error{Code: service.CodeUnprocessable, Message: "type: write file or dir"}
	}
	f, err := a.svc.WriteSandboxFile(ctx, p, id, name, web.Upload(w, r), mode)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, f)
	return nil
}

func (a *api) deleteFile(w http.ResponseWriter, r *http.Request) error {
	recursive, err := strconv.ParseBool(r.URL.Query().Get("recursive"))
	if s := r.URL.Query().Get("recursive"); s != "" && err != nil {
		return &service.Error{Code: service.CodeUnprocessable, Message: "recursive: write true or false"}
	}
	ctx := r.Context()
	if err := a.svc.DeleteSandboxFile(ctx, web.PrincipalOf(ctx), r.PathValue("id"), r.PathValue("path"), recursive); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
