"""Writes the tables of names that the rules look names up in, one line each:

    m MODULE NAME...      the public names of a module
    t TYPE NAME...        the attributes of a type, by the name in error messages
    k FUNCTION NAME...    the parameters that may be given by name
    a FUNCTION MIN MAX    how many arguments a built-in function takes

Run it with the Python of the image, and keep what it prints:

    nsbox exec --no-heal --lang python generate.py > names.txt
"""
import array
import ast
import builtins
import collections
import datetime
import decimal
import fractions
import importlib
import inspect
import io
import pathlib
import re
import sys
import threading
import types
import warnings

warnings.simplefilter("ignore")

MODULES = """
abc argparse array ast asyncio atexit base64 binascii bisect builtins bz2 calendar cmath codecs collections
collections.abc colorsys concurrent.futures configparser contextlib contextvars copy copyreg csv ctypes dataclasses
datetime decimal difflib dis email enum errno fileinput fnmatch fractions functools gc getopt getpass gettext glob
graphlib gzip hashlib heapq hmac html html.parser http http.client http.server importlib inspect io ipaddress
itertools json keyword linecache locale logging lzma math mimetypes multiprocessing numbers operator os os.path
pathlib pickle pickletools platform pprint profile queue random re reprlib resource sched secrets select selectors
shelve shlex shutil signal smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct
subprocess symtable sys sysconfig tarfile tempfile textwrap threading time timeit token tokenize traceback
tracemalloc types typing unicodedata unittest urllib urllib.error urllib.parse urllib.request uuid warnings weakref
xml xml.etree xml.etree.ElementTree zipfile zlib zoneinfo
numpy numpy.linalg numpy.random pandas matplotlib.pyplot
""".split()

TYPES = {
    "str": str, "bytes": bytes, "bytearray": bytearray, "int": int, "float": float, "complex": complex, "bool": bool,
    "list": list, "tuple": tuple, "dict": dict, "set": set, "frozenset": frozenset, "range": range, "slice": slice,
    "dict_keys": type({}.keys()), "dict_values": type({}.values()), "dict_items": type({}.items()),
    "generator": types.GeneratorType, "deque": collections.deque, "Counter": collections.Counter,
    "defaultdict": collections.defaultdict, "OrderedDict": collections.OrderedDict, "ChainMap": collections.ChainMap,
    "datetime": datetime.datetime, "date": datetime.date, "time": datetime.time, "timedelta": datetime.timedelta,
    "Decimal": decimal.Decimal, "Fraction": fractions.Fraction, "TextIOWrapper": io.TextIOWrapper,
    "StringIO": io.StringIO, "BytesIO": io.BytesIO, "PosixPath": pathlib.PosixPath, "Match": re.Match,
    "Pattern": re.Pattern, "array": array.array, "Thread": threading.Thread, "lock": type(threading.Lock()),
    "Event": threading.Event, "memoryview": memoryview, "object": object, "BaseException": BaseException,
}

FUNCTIONS = """
json.dumps json.dump json.loads json.load re.sub re.split re.findall random.choices subprocess.run os.makedirs
textwrap.wrap textwrap.fill textwrap.shorten itertools.accumulate itertools.product itertools.zip_longest
functools.lru_cache dataclasses.dataclass dataclasses.field csv.reader csv.writer csv.DictReader csv.DictWriter
collections.namedtuple logging.basicConfig pprint.pprint statistics.quantiles math.isclose math.prod
heapq.nlargest heapq.nsmallest heapq.merge bisect.bisect bisect.bisect_left bisect.insort threading.Thread
argparse.ArgumentParser datetime.timedelta datetime.datetime datetime.date shutil.copytree zipfile.ZipFile
""".split()

# Functions in C that do not tell their parameters, and those whose errors name
# another function.
MORE = {
    "sort": "key reverse", "sorted": "key reverse", "print": "sep end file flush", "min": "key default",
    "max": "key default", "int": "base", "dict": "", "str": "object encoding errors", "zip": "strict",
    "enumerate": "iterable start", "sum": "start", "split": "sep maxsplit", "rsplit": "sep maxsplit",
    "splitlines": "keepends", "encode": "encoding errors", "decode": "encoding errors", "to_bytes": "length byteorder signed",
    "round": "number ndigits", "pow": "base exp mod", "open": "file mode buffering encoding errors newline closefd opener",
    "timedelta": "days seconds microseconds milliseconds minutes hours weeks", "deque": "iterable maxlen",
    "replace": "year month day hour minute second microsecond tzinfo fold",
    "JSONEncoder.__init__": "skipkeys ensure_ascii check_circular allow_nan sort_keys indent separators default",
    "JSONDecoder.__init__": "object_hook parse_float parse_int parse_constant strict object_pairs_hook",
    "Popen.__init__": "args bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env "
    "universal_newlines startupinfo creationflags restore_signals start_new_session pass_fds user group "
    "extra_groups encoding errors text umask pipesize process_group capture_output check input timeout",
}

# How many positional arguments the built-in functions take that do not say.
ARITY = {
    "int": (0, 2), "str": (0, 3), "float": (0, 1), "bool": (0, 1), "list": (0, 1), "tuple": (0, 1), "set": (0, 1),
    "frozenset": (0, 1), "range": (1, 3), "iter": (1, 2), "next": (1, 2), "getattr": (2, 3), "dir": (0, 1),
    "vars": (0, 1), "type": (1, 3), "enumerate": (1, 2), "reversed": (1, 1), "complex": (0, 2), "bytes": (0, 3),
}


def public(names):
    return sorted(n for n in names if not n.startswith("_"))


def line(*words):
    print(" ".join(words))


def modules():
    for name in MODULES:
        module = importlib.import_module(name)
        own = set(public(dir(module)))
        listed = set(getattr(module, "__all__", own))
        # What a module itself imports is not its own, where it says what is.
        own = {n for n in own if n in listed or not inspect.ismodule(getattr(module, n, None))}
        if name == "os":
            own.add("path")
        line("m", name, *sorted(own))
    # The rest are known by name.
    line("m", "*", *public(sys.stdlib_module_names - {n.split(".")[0] for n in MODULES} - {"antigravity", "this"}))


def kinds():
    base = set(dir(object))
    for name, kind in TYPES.items():
        own = set(dir(kind)) - (base if kind is not object else set())
        line("t", name, *sorted(n for n in own if not n.startswith("_")))
    line("t", "special", *sorted({n for k in TYPES.values() for n in dir(k) if n.startswith("__")} | {
        "__init__", "__enter__", "__exit__", "__call__", "__missing__", "__post_init__", "__name__", "__file__",
        "__doc__", "__main__", "__dict__", "__slots__", "__all__", "__aiter__", "__anext__", "__aenter__", "__aexit__",
        "__get__", "__set__", "__set_name__", "__del__", "__bool__", "__index__", "__matmul__", "__truediv__"}))


def parameters():
    for name, words in sorted(MORE.items()):
        line("k", name, *sorted(words.split()))
    for name in FUNCTIONS:
        module, _, own = name.rpartition(".")
        try:
            found = inspect.signature(getattr(importlib.import_module(module), own)).parameters.values()
        except ValueError:
            continue
        named = [p.name for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        if own not in MORE:
            line("k", own, *sorted(n for n in named if not n.startswith("_")))


def arity():
    for name in public(dir(builtins)):
        thing = getattr(builtins, name)
        if name in ARITY:
            line("a", name, *map(str, ARITY[name]))
            continue
        if inspect.isclass(thing) or not callable(thing):
            continue
        try:
            found = inspect.signature(thing).parameters.values()
        except ValueError:
            continue
        places = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        if any(p.kind == p.VAR_POSITIONAL for p in found):
            continue
        line("a", name, str(sum(p.default is p.empty for p in places)), str(len(places)))


modules()
kinds()
parameters()
arity()
