"""Keeps a started Python from which programs are forked.

The interpreter was started as for a program, "python3 FILE", with this module as
its "usercustomize", which site imports at the end of its work, before Python
looks at FILE. It serves nsbox-init on descriptor 3 in there. In a sandbox's
process it gives way by raising the ImportError of a module that is not there, as
site expects of most, and Python goes on as ever: it opens FILE and runs it. So
there is no difference to see but what is made good below.

All of this is trusted code until native code has confined the process.
"""

import sys


def _template():
    sys.path[:] = [p for p in sys.path if p != __file__.rpartition("/")[0]]
    sys.path_importer_cache.pop(__file__.rpartition("/")[0], None)
    first = frozenset(sys.modules)

    import atexit
    import os

    kept = {}

    def forget():
        """Leaves out of Python's end what the program found already imported.

        To take those modules apart one by one costs more than most programs do.
        """
        for name, module in kept.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        if ended_well():
            finish()

    # The first to be registered is the last to be called.
    atexit.register(forget)

    import ctypes
    import errno
    import gc
    import json
    import re
    import socket
    import struct

    class Symbol(ctypes.Structure):
        _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("address", ctypes.c_void_p)]

    frames = (ctypes.c_void_p * 64)()
    symbol = Symbol()

    def ended_well():
        """Whether the exit status is 0: the main file came to its end.

        Then it is Py_RunMain that ends Python; SystemExit has other callers.
        """
        if hasattr(sys, "last_type") or sys.excepthook is not sys.__excepthook__ or os.environ.get("PYTHONINSPECT"):
            return False
        if "threading" in sys.modules and sys.modules["threading"].active_count() > 1 or count() > 0:
            return False
        within = None
        for address in frames[:backtrace(frames, len(frames))]:
            name = symbol.name if dladdr(address, ctypes.byref(symbol)) else None
            if within == b"Py_FinalizeEx" and name != within:
                return name == b"Py_RunMain"
            within = name
        return False

    def finish():
        """Ends the program as Py_FinalizeEx does, as far as one can tell, and no further.

        What it does besides, the teardown of all types and constants, would cost as
        much as many a program.
        """
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None and not stream.closed:
                    stream.flush()
        except BaseException:
            return  # Python's own end says what is wrong
        for name in ("path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
                     "path_importer_cache", "meta_path", "__interactivehook__"):
            if hasattr(sys, name):
                setattr(sys, name, None)
        sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
        modules = [ref(m) for m in sys.modules.values() if isinstance(m, module_type) and m not in spared]
        for name in list(sys.modules):
            sys.modules[name] = None
        sys.modules.clear()
        collect()
        for m in reversed(modules):
            m = m()
            if m is not None:
                clear_module(ctypes.py_object(m))
        m = None
        collect()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                pass
        if learned is not None:
            learned()
        libc.exit(0)

    learned = None
    control = socket.socket(fileno=3)
    hello = json.loads(control.recv(1 << 16))
    code = control.recv(1 << 16)
    marker = hello["marker"]
    libc = ctypes.PyDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def mapped(size):
        # PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE
        at = libc.mmap(None, size, 3, 0x4022, -1, 0)
        if at in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "mmap")
        return at

    # The memory that the lists of system calls lie in, and their interpreter.
    size = hello["early"] + hello["region"]
    early = mapped(size)
    region = early + hello["early"]
    text = mapped(4096)
    ctypes.memmove(text, code, len(code))
    if libc.mprotect(text, 4096, 5) != 0:  # PROT_READ|PROT_EXEC
        raise OSError(ctypes.get_errno(), "mprotect")
    run = ctypes.PYFUNCTYPE(ctypes.c_long, ctypes.c_void_p, ctypes.c_long, ctypes.c_void_p)(text)
    state, program = early, early + 4096
    ctypes.c_uint64.from_address(state + 216).value = hello["report"]
    ctypes.c_uint64.from_address(state + 224).value = hello["disk"]
    into = memoryview((ctypes.c_char * (hello["early"] - 4096)).from_address(program)).cast("B")
    pidfd = ctypes.c_int.from_address(state + 1024)

    missing = []
    for name in hello["imports"]:
        try:
            __import__(name)
        except Exception:  # a library may want what is not here
            missing.append(name)

    # The file's name as the C code keeps it, to be changed in place: wherever the
    # memory has it and a pointer to it, too, so that it is no stale copy.
    utf32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
    block = 1 << 20
    buffer = mapped(block)
    view = memoryview((ctypes.c_char * block).from_address(buffer)).cast("B")

    def blocks():
        with open("/proc/self/maps") as maps:
            spans = [line.split() for line in maps]
        with open("/proc/self/mem", "rb", 0) as mem:
            for fields in spans:
                start, end = (int(x, 16) for x in fields[0].split("-"))
                if fields[1][:2] != "rw" or fields[-1] == "[stack]":
                    continue
                # What this code has mapped itself may be joined with its neighbours.
                holes = sorted([(buffer, buffer + block), (early, early + size), (end, end)])
                for low, high in holes:
                    while start < min(low, end):
                        mem.seek(start)
                        n = mem.readinto(view[:min(low - start, block)])
                        yield start, n
                        # A name may lie across the edge of two blocks.
                        start += n - (8192 if n == block else 0)
                    start = max(start, high)

    name = re.compile(re.escape(marker.encode(utf32)))
    places = {start + m.start() for start, n in blocks() for m in name.finditer(view[:n])}
    pointed = set()
    for _, n in blocks():
        pointed |= places.intersection(view[:n & ~7].cast("Q"))
    # The pattern's own text is an object of Python's, with its type before it.
    data = bytes.__basicsize__ - 1
    places = sorted(p for p in pointed if ctypes.c_size_t.from_address(p - data + 8).value != id(bytes))
    libc.munmap(buffer, block)
    if not places:
        raise RuntimeError("the name of the main file is not where it was looked for")

    import builtins
    from _thread import _count as count
    from gc import collect
    from types import ModuleType as module_type
    from weakref import ref

    spared = (sys, builtins)
    backtrace, dladdr = libc.backtrace, libc.dladdr
    dladdr.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    backtrace(frames, len(frames))  # the first call loads the unwinder
    clear_module = ctypes.pythonapi._PyModule_Clear
    clear_module.restype = None

    template_env = dict(os.environ)
    touchy = ("PYTHON", "LANG", "LC_", "LD_", "MALLOC_", "GLIBC_", "TZ", "OMP_", "OPENBLAS_", "GOTO_", "MKL_",
              "NUMEXPR_", "NPY_", "MPL", "XDG_", "KMP_", "BLIS_", "ARROW_", "PANDAS_")
    hidden = {"PYTHONPATH"}
    kept.update((n, m) for n, m in sys.modules.items() if n not in ("__main__", "sys", "builtins"))
    names = frozenset(n.partition(".")[0] for n in kept if n not in first)
    # Nobody gives these back, so that nothing is taken apart at the program's end.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(list(kept.values())))

    # What is frozen is never collected, and the program's globals are to be.
    main_module = [sys.modules["__main__"], vars(sys.modules["__main__"])]
    gc.disable()
    gc.collect()
    for o in main_module:
        ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(o))
    gc.freeze()
    # Where the kernel finds the command's words: struct prctl_mm_map.
    with open("/proc/self/stat") as f:
        fields = [int(x) for x in f.read().rpartition(")")[2].split()[1:]]
    code_and_data = fields[22:24] + fields[41:44]
    stack = fields[24]
    layout = struct.Struct("12QIi")
    told = bytearray(layout.size)
    told_at = ctypes.addressof(ctypes.c_char.from_buffer(told))
    string_at, sbrk, prctl = ctypes.string_at, libc.sbrk, libc.prctl
    sbrk.restype = ctypes.c_void_p
    prctl.argtypes = [ctypes.c_int] + 4 * [ctypes.c_ulong]
    where = struct.Struct("5Q")
    madvise, populate_write = 28 if os.uname().machine == "x86_64" else 233, 23
    op = struct.Struct("7Q8B")
    touch, touch_size = None, 0

    def pages():
        """Where this process has pages of its own, as lists of start and length.

        What a child of the template has of its own is what it has written to.
        """
        found = []
        fd = os.open("/proc/self/pagemap", os.O_RDONLY)
        with open("/proc/self/maps") as maps:
            spans = [line.split() for line in maps]
        for fields in spans:
            start, end = (int(x, 16) for x in fields[0].split("-"))
            if fields[1] != "rw-p" or start <= early < end:
                continue
            raw = os.pread(fd, (end - start) // 4096 * 8, start // 4096 * 8)
            # Bit 63: present; 61: of a file; 56: mapped by this process alone.
            own, begin = 1 << 63 | 1 << 56, None
            for i, (entry,) in enumerate(struct.iter_unpack("Q", raw + bytes(8))):
                if entry & (own | 1 << 61) == own:
                    begin = i if begin is None else begin
                elif begin is not None:
                    found.append([start + begin * 4096, (i - begin) * 4096])
                    begin = None
        return found

    # A child runs a program to its end, and says what it has needed.
    trial_read, trial_write = os.pipe()
    trial = os.fork()
    if trial == 0:
        def learned():
            with open(trial_write, "w") as f:
                json.dump(pages(), f)

        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(3):
            os.dup2(null, fd)
    else:
        os.close(trial_write)
        with open(trial_read) as f:
            text_of = f.read()
        os.waitpid(trial, 0)
        # The list interpreter's: system calls whose errors do not matter, and a return.
        found = json.loads(text_of or "[]")
        ops = [op.pack(madvise, at, length, populate_write, 0, 0, 0, 0, 255, 0, 1, 0, 0, 0, 0) for at, length in found]
        ops.append(op.pack(0, 0, 0, 0, 0, 0, 0, 0, 255, 6, 0, 0, 0, 0, 0))
        ops = struct.pack("4I", len(ops), 0, 0, 0) + b"".join(ops)
        touch_size = len(ops) + 4095 & -4096
        touch = mapped(touch_size)
        ctypes.memmove(touch, ops, len(ops))
        del text_of, found, ops
        control.send(json.dumps({"region": region, "early": early, "missing": missing}).encode())
    rights = 4 * hello["descriptors"]
    while trial != 0:
        n, anc, _, _ = control.recvmsg_into([into], socket.CMSG_SPACE(rights))
        if n == 0:
            os._exit(0)
        fds = struct.unpack("%di" % (len(anc[0][2]) // 4), anc[0][2]) if anc else ()
        if fds == tuple(range(4, 4 + len(fds))):
            pid = run(program, 0, state)
            if pid == 0:
                break
        else:
            pid = -errno.EBADF
        if pid > 0:
            control.sendmsg([struct.pack("i", pid)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", pidfd.value))])
            os.close(pidfd.value)
        else:
            control.send(struct.pack("i", pid))
        for fd in fds:
            os.close(fd)

    if trial != 0:
        # From here on this is pid 1 of a sandbox, set up as far as it can be ahead.
        base, after, parent, message, length = where.unpack(ctypes.string_at(state + 232, 40))
        try:
            pid = os.fork()
        except OSError as e:
            record = struct.pack("3I", 1, ctypes.c_uint32.from_address(base + 4).value + after - 1, e.errno)
            os.write(hello["report"], record.ljust(152, b"\0"))
            os._exit(127)
        if pid != 0:
            ctypes.c_uint64.from_address(state + 56).value = pid
            run(base, parent, state)
        # What the program will write to is copied now, and not while somebody waits.
        run(touch, 0, state)
        libc.munmap(touch, touch_size)
        run(base, after, state)
        while True:
            base, after, parent, message, length = where.unpack(string_at(state + 232, 40))
            if length:
                break
            # The list at message, from its entry on.
            run(message, ctypes.c_uint32.from_address(message + 8).value, state)
        text_of = string_at(message, length)
        strings = text_of.split(b"\0")
        n, at, words = int(strings[0]), int(strings[1]), int(strings[2])
        argv, env = strings[3:3 + n], strings[3 + n:-1]
        # For /proc/self/cmdline and environ, which are read where the message lies.
        # Should it fail, they tell of this module.
        start = message + len(strings[0]) + len(strings[1]) + len(strings[2]) + 3
        layout.pack_into(told, 0, *code_and_data, sbrk(0), stack, start, start + words, start + words, message + length, 0, 0, -1)
        prctl(35, 14, told_at, layout.size, 0)
        run(base, after, state)

        # And here it is the program's own process, confined.
        libc.munmap(text, 4096)
        libc.munmap(early, (message & -4096) - early)
        end = message + length + 4095 & -4096
        libc.munmap(end, early + size - end)
    else:
        argv, env, at = [b"python3", hello["trial"].encode()], [os.fsencode(n + "=" + v) for n, v in template_env.items()], 1
    control.detach()

    def start_anew():
        os.execvpe(os.fsdecode(argv[0]), argv, dict(e.split(b"=", 1) for e in env))

    new = dict(os.fsdecode(e).split("=", 1) for e in env)
    main = os.fsdecode(argv[at])
    if len(main) > len(marker):
        start_anew()
    for name, value in template_env.items():
        if name not in hidden and new.get(name) != value:
            start_anew()
    for name in new:
        if name not in template_env and name.startswith(touchy):
            start_anew()
    # A file that a program has beside it is to be imported, not what is here.
    for entry in os.listdir(main.rpartition("/")[0]):
        if entry.partition(".")[0] in names:
            start_anew()

    for name in hidden:
        os.environ.pop(name, None)
    for name, value in new.items():
        if name not in template_env:
            os.environ[name] = value
    if main != marker:
        raw = main.encode(utf32, "surrogatepass") + b"\0\0\0\0"
        for p in places:
            ctypes.memmove(p, raw, len(raw))
    rest = [os.fsdecode(a) for a in argv[at + 1:]]
    sys.orig_argv[:] = [os.fsdecode(a) for a in argv]
    sys.argv[:] = [main] + rest
    modules = sys.modules
    if "logging" in modules:
        import time

        modules["logging"]._startTime = time.time()
    if "threading" in modules:
        modules["threading"].main_thread()._set_native_id()
    if "multiprocessing.process" in modules:
        process = modules["multiprocessing.process"]
        process.current_process()._config["authkey"] = process.AuthenticationString(os.urandom(32))
    if "numpy.random" in modules:
        modules["numpy.random"].seed()
    for o in main_module:
        ctypes.pythonapi.PyObject_GC_Track(ctypes.py_object(o))
    gc.enable()


_template()
raise ImportError("No module named 'usercustomize'", name="usercustomize")
