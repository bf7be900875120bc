# nsbox:why: The parts of the standard library that lean on C libraries and the system: ssl, hashlib, lzma, ctypes, decimal, secrets.
# nsbox:stdout: 2cf24dba True 3.141592653589793238462643383 True 5 True
import bz2
import ctypes
import decimal
import hashlib
import lzma
import secrets
import ssl
import zlib

d = hashlib.sha256(b"hello").hexdigest()[:8]
ok = all(m.decompress(m.compress(b"x" * 1000)) == b"x" * 1000 for m in (zlib, bz2, lzma))
pi = decimal.Decimal("3.14159265358979323846264338327950288") + 0
ctx = ssl.create_default_context()
n = ctypes.CDLL(None).strlen(b"hello")
print(d, ok, pi, ctx.check_hostname, n, secrets.token_hex(16) != secrets.token_hex(16))
