# nsbox:why: SQLite on a file, with a transaction, write-ahead log and a second connection; it locks and maps.
# nsbox:stdout: wal 500 124750
import sqlite3

a = sqlite3.connect("/workspace/t.db")
mode = a.execute("pragma journal_mode=wal").fetchone()[0]
a.execute("create table t(n integer primary key)")
with a:
    a.executemany("insert into t values(?)", ((n,) for n in range(500)))
b = sqlite3.connect("/workspace/t.db")
print(mode, *b.execute("select count(*), sum(n) from t").fetchone())
