package rust

// keywords are the words that no name can be.
var keywords = set("as", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn", "for",
	"if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static",
	"struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while", "async", "await")

// foreignMethods are other languages' words for methods, by what Rust has for them; of
// several the check command tells which one fits.
var foreignMethods = map[string][]string{
	"length": {"len"}, "size": {"len"}, "count": {"len"}, "append": {"push", "push_str", "extend"}, "add": {"push", "insert"},
	"toString": {"to_string"}, "str": {"to_string"}, "toUpperCase": {"to_uppercase"}, "toLowerCase": {"to_lowercase"},
	"upper": {"to_uppercase"}, "lower": {"to_lowercase"}, "strip": {"trim"}, "startsWith": {"starts_with"},
	"startswith": {"starts_with"}, "endsWith": {"ends_with"}, "endswith": {"ends_with"}, "indexOf": {"find", "position"},
	"includes": {"contains"}, "has": {"contains_key", "contains"}, "containsKey": {"contains_key"}, "has_key": {"contains_key"},
	"put": {"insert"}, "set": {"insert"}, "push_back": {"push"}, "pushBack": {"push_back"}, "popFront": {"pop_front"},
	"isEmpty": {"is_empty"}, "empty": {"is_empty"}, "reversed": {"rev"}, "reverse": {"rev"}, "substr": {"get"}, "replaceAll": {"replace"},
	"forEach": {"for_each"}, "flatMap": {"flat_map"}, "delete": {"remove"}, "erase": {"remove"},
	"head": {"first"}, "tail": {"last"}, "items": {"iter"}, "toLower": {"to_lowercase"}, "toUpper": {"to_uppercase"},
	"power": {"pow", "powi"},
}

// primitives are the types without parts.
var primitives = set("i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64",
	"bool", "char")

var integers = set("i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize")

// otherTypes are other languages' names of types.
var otherTypes = map[string]string{
	"Str": "String", "Int": "i32", "Integer": "i32", "int": "i32", "long": "i64", "Long": "i64", "short": "i16", "byte": "u8",
	"float": "f64", "Float": "f64", "double": "f64", "Double": "f64", "boolean": "bool", "Boolean": "bool", "Bool": "bool",
	"Character": "char", "Char": "char", "Vector": "Vec", "List": "Vec", "Array": "Vec", "uint": "u32", "size_t": "usize",
	"I32": "i32", "U32": "u32", "Usize": "usize", "F64": "f64", "number": "f64", "Maybe": "Option", "Optional": "Option",
}

// modules are the modules of the standard library that programs import.
var modules = []string{"alloc", "any", "array", "ascii", "backtrace", "borrow", "boxed", "cell", "char", "clone", "cmp",
	"collections", "convert", "default", "env", "error", "f32", "f64", "ffi", "fmt", "fs", "future", "hash", "hint", "io", "iter",
	"marker", "mem", "net", "num", "ops", "option", "os", "panic", "path", "pin", "prelude", "primitive", "process", "ptr", "rc",
	"result", "slice", "str", "string", "sync", "task", "thread", "time", "vec"}

func set(words ...string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}
