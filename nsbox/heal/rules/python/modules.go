package python

import (
	"slices"
	"strings"

	"github.com/nsbox/nsbox/nsbox/heal/rules/python/names"
	"github.com/nsbox/nsbox/nsbox/heal/rules/python/syntax"
	"github.com/nsbox/nsbox/nsbox/internal/lazyre"
	"github.com/nsbox/nsbox/nsbox/internal/source"
)

// moved are members of modules that are elsewhere in Python 3 or called
// otherwise: what is written for them, and the module to import for it.
var moved = map[string][2]string{
	"string.letters": {"string.ascii_letters", "string"}, "string.lowercase": {"string.ascii_lowercase", "string"},
	"string.uppercase": {"string.ascii_uppercase", "string"}, "string.maketrans": {"str.maketrans"}, "sys.maxint": {"sys.maxsize", "sys"},
	"os.getcwdu": {"os.getcwd", "os"}, "time.clock": {"time.perf_counter", "time"}, "time.now": {"time.time", "time"},
	"itertools.izip": {"zip"}, "itertools.imap": {"map"}, "itertools.ifilter": {"filter"}, "itertools.izip_longest": {"itertools.zip_longest", "itertools"},
	"itertools.ifilterfalse": {"itertools.filterfalse", "itertools"}, "urllib.urlopen": {"urllib.request.urlopen", "urllib.request"},
	"urllib.urlencode": {"urllib.parse.urlencode", "urllib.parse"}, "urllib.quote": {"urllib.parse.quote", "urllib.parse"},
	"urllib.unquote": {"urllib.parse.unquote", "urllib.parse"}, "urllib.quote_plus": {"urllib.parse.quote_plus", "urllib.parse"},
	"inspect.getargspec": {"inspect.getfullargspec", "inspect"}, "json.parse": {"json.loads", "json"}, "json.stringify": {"json.dumps", "json"},
	"json.encode": {"json.dumps", "json"}, "json.decode": {"json.loads", "json"}, "random.rand": {"random.random", "random"}, "math.PI": {"math.pi", "math"},
	"math.infinity": {"math.inf", "math"}, "math.ln": {"math.log", "math"}, "math.power": {"math.pow", "math"}, "math.squareroot": {"math.sqrt", "math"},
	"math.square_root": {"math.sqrt", "math"}, "random.int": {"random.randint", "random"}, "random.pick": {"random.choice", "random"},
	"os.mkdirs": {"os.makedirs", "os"}, "time.wait": {"time.sleep", "time"}, "re.replace": {"re.sub", "re"}, "re.find": {"re.search", "re"},
	"functools.filter": {"filter"}, "functools.map": {"map"}, "random.random_int": {"random.randint", "random"},
	"thread.start_new_thread": {"_thread.start_new_thread", "_thread"}, "asyncio.async": {"asyncio.ensure_future", "asyncio"},
	"asyncio.get_running": {"asyncio.get_running_loop", "asyncio"}, "math.avg": {"statistics.mean", "statistics"}, "math.mean": {"statistics.mean", "statistics"},
	"math.average": {"statistics.mean", "statistics"}, "math.median": {"statistics.median", "statistics"}, "statistics.average": {"statistics.mean", "statistics"},
	"statistics.std": {"statistics.stdev", "statistics"}, "np.int": {"int"}, "np.float": {"float"}, "np.bool": {"bool"}, "np.object": {"object"}, "np.str": {"str"},
	"numpy.int": {"int"}, "numpy.float": {"float"}, "numpy.bool": {"bool"}, "numpy.object": {"object"}, "collections.dataclass": {"dataclasses.dataclass", "dataclasses"},
}

// moduleMember mends a member that a module does not have.
func (m *mender) moduleMember(module, attr string) {
	here := m.attrs(attr)
	if len(here) == 0 {
		return
	}
	if module == "posixpath" {
		module = "os.path"
	}
	same := m.everywhere(syntax.Attr, func(n *syntax.Node) bool { return n.Text == attr && m.code(n.Left) == m.code(here[0].Left) })
	replace := func(to, imports string) {
		var edits []edit
		for _, n := range same {
			edits = append(edits, edit{n.Start, n.End, to})
		}
		if first, _, _ := strings.Cut(imports, "."); imports != "" && (m.root.Find(first) == nil || imports != first && !m.imports(imports)) {
			edits = append(edits, m.withImport("import "+imports))
		}
		m.local("module-member", "it is "+to, edits...)
	}
	if to, ok := moved[module+"."+attr]; ok {
		replace(to[0], to[1])
		return
	}
	if module == "collections" {
		if abc, _ := names.Module("collections.abc"); slices.Contains(abc, attr) {
			replace("collections.abc."+attr, "collections.abc")
			return
		}
	}
	// A submodule that nobody imported.
	if names.IsModule(module + "." + attr) {
		m.local("missing-import", "a submodule is imported by its full name", m.withImport("import "+module+"."+attr))
		return
	}
	// datetime.now() is a method of the class of that name in the module.
	if t, ok := names.Type(module); ok && slices.Contains(t, attr) {
		if members, _ := names.Module(module); slices.Contains(members, module) {
			replace(m.code(here[0].Left)+"."+module+"."+attr, "")
			return
		}
	}
	members, ok := names.Module(module)
	if !ok {
		members = m.fileNames(module)
	}
	near := source.Near(attr, members)
	if to, ok := source.Clear(near); ok {
		m.local("near-attribute", attr+" is a slip of "+to, m.memberEdits(same, to)...)
		return
	}
	if len(near) > 1 {
		if g := meant.FindStringSubmatch(m.d.Message); g != nil && g[1] == near[0].Name && near[0].Cost < 4 && m.called(here[0]) != nil && len(near[0].Name) > 5 {
			m.shape("near-attribute", attr+" is a slip of "+g[1], m.memberEdits(same, g[1])...)
		}
		return
	}
	if names.IsBuiltin(attr) && m.called(here[0]) != nil {
		replace(attr, "")
	}
}

func (m *mender) memberEdits(nodes []*syntax.Node, to string) []edit {
	var out []edit
	for _, n := range nodes {
		out = append(out, edit{n.At, n.At + len(n.Text), to})
	}
	return out
}

// imports reports whether the program imports a module by its full name.
func (m *mender) imports(module string) bool {
	return len(m.everywhere(syntax.Alias, func(n *syntax.Node) bool { return n.Text == module })) > 0
}

// fileNames are the names of another file of the program.
func (m *mender) fileNames(module string) []string {
	for _, f := range m.p.Files {
		if f.Name == strings.ReplaceAll(module, ".", "/")+".py" {
			if tree, err := syntax.Parse(string(f.Data)); err == nil {
				return syntax.Scopes(tree).Names
			}
		}
	}
	return nil
}

// classAttribute mends datetime.datetime where the class itself was imported.
func (m *mender) classAttribute(kind, attr string, here []*syntax.Node) bool {
	n := here[0]
	if n.Left.Kind != syntax.Name {
		return false
	}
	same := m.everywhere(syntax.Attr, func(o *syntax.Node) bool { return o.Text == attr && m.code(o.Left) == m.code(n.Left) })
	for _, b := range m.bindings(n.Left.Text, n.Start) {
		if b.Kind != syntax.Import || b.Node.Kind != syntax.ImportFrom {
			continue
		}
		members, _ := names.Module(b.Node.Text)
		if !slices.Contains(members, attr) {
			continue
		}
		var edits []edit
		for _, o := range same {
			edits = append(edits, edit{o.Start, o.End, attr})
		}
		if m.root.Find(attr) == nil {
			edits = append(edits, m.fromImport(b.Node.Text, attr))
		}
		m.local("module-member", attr+" is of the module, not of the class", edits...)
		return true
	}
	return false
}

// enumMember mends the name of an enumeration's member.
func (m *mender) enumMember(attr string) {
	here := m.attrs(attr)
	if len(here) == 0 || here[0].Left.Kind != syntax.Name {
		return
	}
	if c := m.class(here[0].Left.Text); c != nil {
		if to, ok := source.Clear(source.Near(attr, m.members(c))); ok {
			m.local("near-attribute", attr+" is a slip of "+to, m.attrEdits(attr, to, here)...)
		}
	}
}

var (
	noName   = lazyre.New(`^cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'`)
	noModule = lazyre.New(`^No module named '([^']+)'(; '([^']+)' is not a package)?`)
)

// importError mends an import.
func (m *mender) importError() {
	if g := noName.FindStringSubmatch(m.d.Message); g != nil {
		m.wrongName(g[2], g[1])
	}
	if g := noModule.FindStringSubmatch(m.d.Message); g != nil {
		m.wrongModule(g[1], g[3])
	}
}

// wrongName mends "from module import name".
func (m *mender) wrongName(module, name string) {
	if module == "posixpath" {
		module = "os.path"
	}
	var alias, statement *syntax.Node
	for _, s := range m.everywhere(syntax.ImportFrom, func(n *syntax.Node) bool { return strings.TrimLeft(n.Text, ".") == module }) {
		for _, a := range s.Kids {
			if a.Text == name {
				alias, statement = a, s
			}
		}
	}
	if alias == nil {
		return
	}
	rename := func(to string) []edit {
		edits := []edit{{alias.At, alias.At + len(name), to}}
		if len(m.unresolved(to)) > 0 {
			return edits
		}
		if alias.Op == "" && m.root.Find(to) == nil || alias.Op == "" && len(m.reads(name)) > 0 {
			edits = append(edits, renames(m.reads(name), to)...)
		}
		return edits
	}
	if to, ok := moved[module+"."+name]; ok && to[1] == module {
		m.local("module-member", "it is "+to[0], rename(to[0][len(module)+1:])...)
		return
	} else if ok && !strings.Contains(to[0], ".") {
		m.local("module-member", "it is the built-in "+to[0], append(renames(m.reads(name), to[0]), m.withoutAlias(statement, alias)...)...)
		return
	}
	members, ok := names.Module(module)
	if !ok {
		members = m.fileNames(module)
	}
	if to, ok := source.Clear(source.Near(name, members)); ok {
		m.local("near-name", name+" is a slip of "+to, rename(to)...)
		return
	}
	for _, other := range preferred {
		if slices.Contains(names.Owners(name), other) {
			edits := m.withoutAlias(statement, alias)
			edits = append(edits, edit{statement.Start, statement.Start, "from " + other + " import " + m.code(alias) + "\n"})
			if len(statement.Kids) == 1 {
				edits = []edit{{statement.At, statement.At + len(statement.Text), other}}
			}
			m.local("import-module", name+" is in the module "+other, edits...)
			return
		}
	}
	if names.IsBuiltin(name) {
		m.local("import-module", name+" is built in", m.withoutAlias(statement, alias)...)
	}
}

// withoutAlias takes one name out of an import.
func (m *mender) withoutAlias(statement, alias *syntax.Node) []edit {
	if len(statement.Kids) == 1 {
		start, _ := m.text.Bounds(m.text.LineOf(statement.Start))
		return []edit{{start, m.text.Next(m.text.LineOf(max(statement.End-1, 0))), ""}}
	}
	i := slices.Index(statement.Kids, alias)
	if i == 0 {
		return []edit{{alias.Start, statement.Kids[1].Start, ""}}
	}
	return []edit{{statement.Kids[i-1].End, alias.End, ""}}
}

// renamedModules are modules of Python 2 and slips that no distance tells.
var renamedModules = map[string]string{
	"Queue": "queue", "ConfigParser": "configparser", "StringIO": "io", "cStringIO": "io", "urllib2": "urllib.request", "cPickle": "pickle",
	"Tkinter": "tkinter", "__builtin__": "builtins", "HTMLParser": "html.parser", "httplib": "http.client", "urlparse": "urllib.parse",
	"SocketServer": "socketserver", "thread": "_thread", "copy_reg": "copyreg", "maths": "math", "regex": "re", "dateTime": "datetime",
	"cookielib": "http.cookiejar", "Cookie": "http.cookies", "BaseHTTPServer": "http.server", "SimpleHTTPServer": "http.server", "itertool": "itertools",
	"dummy_thread": "_thread", "xmlrpclib": "xmlrpc.client", "randoms": "random", "collection": "collections", "simplejson": "json",
	"Math": "math", "Random": "random", "OS": "os",
}

// wrongModule mends the name of a module in imports and where it is used.
func (m *mender) wrongModule(name, notPackage string) {
	if notPackage != "" {
		m.memberAsModule(name, notPackage)
		return
	}
	to, ok := renamedModules[name]
	if !ok {
		var known []string
		for _, o := range names.Modules() {
			if strings.Contains(name, ".") == strings.Contains(o, ".") {
				known = append(known, o)
			}
		}
		for _, f := range m.p.Files {
			if f.Name != m.name {
				known = append([]string{strings.TrimSuffix(f.Name, ".py")}, known...)
			}
		}
		near := source.Near(name, known)
		if to, ok = source.Clear(near); !ok {
			to, ok = m.moduleByMembers(near)
		}
	}
	if !ok {
		return
	}
	var edits []edit
	for _, a := range m.everywhere(syntax.Alias, func(n *syntax.Node) bool { return n.Text == name }) {
		if s := m.up(a); s != nil && s.Kind == syntax.Import {
			edits = append(edits, edit{a.At, a.At + len(name), to})
			if a.Op == "" {
				edits = append(edits, renames(m.reads(name), to)...)
			}
		}
	}
	for _, s := range m.everywhere(syntax.ImportFrom, func(n *syntax.Node) bool { return n.Text == name }) {
		edits = append(edits, edit{s.At, s.At + len(name), to})
	}
	m.local("module-name", "the module is called "+to, edits...)
}

// moduleByMembers chooses among near modules the one that has what is imported
// from it.
func (m *mender) moduleByMembers(near []source.Match) (string, bool) {
	var found []string
	for _, c := range near {
		if c.Cost > near[0].Cost {
			break
		}
		members, _ := names.Module(c.Name)
		for _, s := range m.find(syntax.ImportFrom, nil) {
			if len(s.Kids) > 0 && slices.Contains(members, s.Kids[0].Text) {
				found = append(found, c.Name)
			}
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// memberAsModule mends "import math.sqrt".
func (m *mender) memberAsModule(name, module string) {
	member := strings.TrimPrefix(name, module+".")
	members, _ := names.Module(module)
	if !slices.Contains(members, member) {
		return
	}
	for _, s := range m.everywhere(syntax.Import, nil) {
		if len(s.Kids) != 1 || s.Kids[0].Text != name {
			continue
		}
		text := "from " + module + " import " + member
		if len(m.reads(module)) > 0 {
			text = "import " + module
		}
		if s.Kids[0].Op != "" {
			text = "from " + module + " import " + member + " as " + s.Kids[0].Op
		}
		m.local("import-member", member+" is a member of the module "+module, edit{s.Start, s.End, text})
	}
}
