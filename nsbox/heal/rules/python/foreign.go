package python

// foreignNames are names of Python 2 and of other languages, and what Python
// calls them. A text in parentheses replaces a call.
var foreignNames = map[string]string{
	"true": "True", "TRUE": "True", "false": "False", "FALSE": "False", "null": "None", "nil": "None", "NULL": "None",
	"undefined": "None", "none": "None", "NONE": "None", "nullptr": "None", "None_": "None",
	"raw_input": "input", "xrange": "range", "unicode": "str", "basestring": "str", "long": "int", "unichr": "chr",
	"string": "str", "String": "str", "boolean": "bool", "println": "print", "echo": "print", "puts": "print", "this": "self",
	"length": "len", "strlen": "len", "count": "len", "size": "len", "parseInt": "int", "parseFloat": "float", "Integer": "int",
	"Number": "float", "intval": "int", "toString": "str", "tostring": "str", "Print": "print", "printf": "print",
	"Infinity": `float("inf")`, "NaN": `float("nan")`, "array": "list", "Array": "list", "integer": "int",
}
