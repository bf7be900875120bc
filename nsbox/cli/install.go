package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nsbox/nsbox/nsbox"
	"github.com/nsbox/nsbox/nsbox/config"
	"github.com/nsbox/nsbox/nsbox/internal/image"
	"github.com/nsbox/nsbox/nsbox/internal/probe"
)

// buildTools are the commands that building images takes, and their packages;
// go and npm are for recipes that fetch with them.
var buildTools = map[string]string{"mmdebstrap": "mmdebstrap", "apt-get": "apt", "npm": "npm", "go": "golang-go"}

// installation checks what belongs to nsbox itself.
func (a *App) installation(cfg *config.Config) []probe.Check {
	socket := cfg.Socket
	if socket == "" {
		socket = nsbox.DefaultSocket
	}
	all := []probe.Check{probe.Helper(socket)}
	need := probe.Wanted
	if os.Geteuid() == 0 && all[0].Answer != probe.Yes {
		need = probe.Required // this command would have to start it
	}
	all = append(all,
		probe.Program("nsbox-helper", a.find("nsbox-helper"), need, "no sandbox can be made without a running helper"),
		probe.Program("nsbox-init", a.find("nsbox-init"), need, "no sandbox can be made"),
		probe.Terminal())
	host := config.DefaultHost()
	if err := config.LoadHost(config.HostFile, &host); err != nil {
		all = append(all, probe.Check{
			Group: "nsbox", Name: config.HostFile, Answer: probe.No, Need: probe.Required, Detail: err.Error(),
			Consequence: "the helper does not start", Remedy: "mend the file",
		})
	}
	all = append(all, a.imageChecks(cfg)...)
	all = append(all, probe.SubordinateIDs(host.IDBase, host.IDCount)...)
	return append(all, probe.Tools(buildTools)...)
}

// find looks a program of nsbox's up where the client looks for its helper.
func (a *App) find(name string) string {
	if name == "nsbox-helper" {
		if p := a.getenv("NSBOX_HELPER"); p != "" {
			return p
		}
	}
	var dirs []string
	if self, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(self), filepath.Join(filepath.Dir(self), "../libexec/nsbox"))
	}
	for _, dir := range append(dirs, "/usr/local/libexec/nsbox", "/usr/libexec/nsbox") {
		p := filepath.Join(dir, name)
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return p
		}
	}
	return ""
}

// imageChecks tell which languages' images are there.
func (a *App) imageChecks(cfg *config.Config) []probe.Check {
	const group = "images"
	const consequence = "programs of its languages cannot run"
	known, err := a.languages()
	if err != nil {
		return []probe.Check{{Group: group, Name: "language files", Answer: probe.No, Need: probe.Required,
			Detail: err.Error(), Consequence: "no program can run", Remedy: "mend the files"}}
	}
	store, err := image.Open(imagesDir(cfg))
	if err != nil {
		return []probe.Check{{Group: group, Name: "store", Answer: probe.No, Need: probe.Required,
			Detail: err.Error(), Consequence: "no program can run", Remedy: "make the directory root's alone"}}
	}
	languages := map[string][]string{}
	var order []string
	for _, l := range known.All() {
		if languages[l.Image] == nil {
			order = append(order, l.Image)
		}
		languages[l.Image] = append(languages[l.Image], l.Name)
	}
	var all []probe.Check
	built := 0
	for _, name := range order {
		check := probe.Check{Group: group, Name: name, Answer: probe.Yes, Need: probe.Wanted, Detail: "for " + strings.Join(languages[name], ", ")}
		if _, err := store.Get(name); err != nil {
			check.Answer, check.Detail = probe.No, trimClass(err)
			check.Consequence, check.Remedy = consequence, "nsbox rootfs build "+name
		} else {
			built++
		}
		all = append(all, check)
	}
	any := probe.Check{Group: group, Name: "any image", Answer: probe.Yes, Need: probe.Required, Detail: fmt.Sprintf("%d of %d", built, len(order))}
	if built == 0 {
		any.Answer, any.Consequence, any.Remedy = probe.No, "no program can run", "sudo nsbox rootfs build --all"
	}
	return append([]probe.Check{any}, all...)
}
