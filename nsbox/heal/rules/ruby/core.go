package ruby

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:generate sh -c "nsbox exec --no-heal --timeout 60s --cpu-time 60s generate.rb > core.txt"

//go:embed core.txt
var coreText string

// member is a method of a class of Ruby: its arity is as Method#arity has it.
type member struct {
	name    string
	arity   int
	private bool
}

// library is what Ruby has without the program.
type library struct {
	members   map[string][]member // by "Array#" and "Math."
	ancestors map[string][]string
	consts    []string
	requires  map[string]string // constant or "Time.parse" or "Array#to_set" to library
	libs      []string
}

var lib = sync.OnceValue(loadLibrary)

func loadLibrary() *library {
	l := &library{members: map[string][]member{}, ancestors: map[string][]string{}, requires: map[string]string{}}
	size := map[string]int{}
	for line := range strings.Lines(coreText) {
		f := strings.Fields(line)
		switch {
		case len(f) < 2:
		case f[0] == "const" || f[0] == "error":
			l.consts = append(l.consts, f[1:]...)
		case f[0] == "require":
			l.libs = append(l.libs, f[1])
			for _, what := range f[2:] {
				// The library that brings least else is the one that is meant.
				if n := size[what]; n == 0 || len(f) < n && !named(what, l.requires[what]) || named(what, f[1]) {
					size[what], l.requires[what] = len(f), f[1]
				}
			}
		default:
			name, up, _ := strings.Cut(f[0], "<")
			l.ancestors[name] = strings.Split(up, ",")
			for _, m := range f[1:] {
				l.members[name] = append(l.members[name], memberOf(m))
			}
		}
	}
	for what, name := range moreRequires {
		l.requires[what] = name
	}
	return l
}

// named reports whether a library is called as the constant that it defines.
func named(what, lib string) bool {
	return strings.EqualFold(what, strings.ReplaceAll(lib, "/", "")) || strings.EqualFold(what, "Open"+lib)
}

// moreRequires are what including a module into a class adds, which the
// generator can't see, and names that a library with another one gives.
var moreRequires = map[string]string{
	"#to_json": "json", "#to_yaml": "yaml", "#to_set": "set", "#to_d": "bigdecimal/util", "#prime?": "prime", "#pretty_inspect": "pp",
	"Time.parse": "time", "Time.strptime": "time", "#iso8601": "time", "#xmlschema": "time", "#httpdate": "time", "Dir.mktmpdir": "tmpdir", "Dir.tmpdir": "tmpdir",
	"StringScanner": "strscan", "Net": "net/http", "Socket": "socket", "TCPServer": "socket", "TCPSocket": "socket", "OptionParser": "optparse",
	"SimpleDelegator": "delegate", "Delegator": "delegate", "Psych": "psych", "YAML": "yaml", "OpenSSL": "openssl", "Date": "date", "DateTime": "date",
	"Zlib": "zlib", "StringIO": "stringio", "Timeout": "timeout", "IPAddr": "ipaddr", "Etc": "etc", "CGI": "cgi", "Forwardable": "forwardable",
	"SecureRandom": "securerandom", "OpenStruct": "ostruct", "FileUtils": "fileutils", "Tempfile": "tempfile", "URI": "uri", "Digest": "digest",
	"BigDecimal": "bigdecimal", "Kernel.BigDecimal": "bigdecimal", "Singleton": "singleton", "Set": "set", "#to_date": "date", "#to_datetime": "date",
	"#to_csv": "csv", "#shellescape": "shellwords", "#shellsplit": "shellwords", "Kernel.URI": "uri", "Kernel.Pathname": "pathname",
	"Prime": "prime", "Matrix": "matrix", "Vector": "matrix", "IO#winsize": "io/console", "IO#getch": "io/console", "Ripper": "ripper",
}

func memberOf(s string) member {
	m := member{name: s, arity: -1}
	if name, n, ok := strings.Cut(s[1:], "/"); ok && n != "" { // "//1" is the operator
		if a, err := strconv.Atoi(n); err == nil {
			m.name, m.arity = s[:1]+name, a
		}
	}
	m.name, m.private = strings.CutPrefix(m.name, "!")
	if m.name == "" || m.private && m.name[0] == '=' {
		m.name, m.private = s, false
	}
	return m
}

// methods returns the methods of key, "Array#" or "Math.", its ancestors'
// included, each once. Those of Object and Kernel are left out unless all is set.
func (l *library) methods(key string, all bool) []member {
	var out []member
	seen := map[string]bool{}
	take := func(key string, private bool) {
		for _, m := range l.members[key] {
			if !seen[m.name] && (private || !m.private) {
				seen[m.name] = true
				out = append(out, m)
			}
		}
	}
	take(key, false)
	for _, up := range l.ancestors[key] {
		if strings.HasSuffix(key, "#") && (all || up != "Object" && up != "Kernel") {
			take(up+"#", false)
		}
	}
	if strings.HasSuffix(key, ".") && all {
		take("Class#", false)
		take("Module#", false)
		take("Kernel#", false)
	}
	return out
}

// private returns what can be called without a receiver: those of Kernel, and
// in a class's body those of Module.
func (l *library) private(inClass bool) []member {
	var out []member
	for _, m := range l.members["Kernel#"] {
		if m.private && m.name[0] != '_' && (m.name[0] < 'A' || m.name[0] > 'Z' && m.name[0] >= 'a') {
			out = append(out, m)
		}
	}
	if inClass {
		out = append(out, l.members["Module#"]...)
	}
	return out
}

// has reports whether key, "Array#", has the method.
func (l *library) has(key, name string) bool {
	for _, m := range l.methods(key, true) {
		if m.name == name {
			return true
		}
	}
	return false
}

// popular are the methods that programs call most, the most frequent first.
// They decide between names that are equally near.
var popular = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	words := strings.Fields(`puts each map new length size join push first last select print to_s to_i empty? include? sort sort_by sum
		reduce inject times upcase downcase capitalize split reverse min max each_with_index keys values key? nil? require format printf
		p raise loop attr_accessor attr_reader attr_writer freeze dup any? all? none? find find_index reject count zip take drop uniq
		flatten compact group_by partition min_by max_by each_with_object each_slice each_cons each_char chars strip chomp gsub sub
		delete insert shift unshift pop append prepend concat to_a to_f to_sym to_h fetch dig merge each_pair has_key? value? store
		round floor ceil abs even? odd? zero? positive? negative? upto downto step start_with? end_with? index slice tr center ljust
		rjust lines bytes scan match match? sample shuffle rotate transpose product combination permutation cycle tally sum flat_map
		filter filter_map detect collect entries each_entry is_a? kind_of? instance_of? respond_to? send public_send method call
		lambda proc gets rand sleep exit abort freeze frozen? then tap itself inspect hash class divmod fdiv pow gcd lcm digits
		swapcase succ ord chr hex message backtrace full_message name private protected public include extend module_function
		define_method catch throw block_given? binding eval open pp putc warn now year month day strftime sqrt cbrt sin cos log exp
		values_at transform_values transform_keys sort! map! uniq! clear delete_if delete_at keep_if zip sum none? one? chunk_while`)
	for i, w := range words {
		if _, ok := out[w]; !ok {
			out[w] = len(words) - i
		}
	}
	return out
})
