package seccomp

import "strings"

// program is one that a profile must let run to its end, printing want.
type program struct {
	name, profile string
	argv          []string
	files         map[string]string
	want          string
}

// tool is the command that has to be on the host.
func (p program) tool() string {
	if p.argv[0] == "sh" && p.profile == "compile" {
		return strings.Fields(p.argv[2])[0]
	}
	return p.argv[0]
}

const pythonMany = `
import asyncio, concurrent.futures, hashlib, mmap, multiprocessing, os, select, shutil, signal, socket, sqlite3
import subprocess, sys, tempfile, threading, time
def square(x): return x * x
def main():
    with concurrent.futures.ThreadPoolExecutor(4) as ex: assert list(ex.map(square, range(4))) == [0, 1, 4, 9]
    assert subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout == '1\n'
    assert subprocess.run('echo $((1+1))', shell=True, capture_output=True, text=True).stdout == '2\n'
    with multiprocessing.Pool(2) as pool: assert pool.map(square, [3]) == [9]
    db = sqlite3.connect('t.db'); db.execute('create table t(x)'); db.execute('insert into t values(5)'); db.commit(); db.close()
    with tempfile.TemporaryDirectory() as d:
        a, b = os.path.join(d, 'a'), os.path.join(d, 'b')
        open(a, 'w').write('x' * 100000); shutil.copy2(a, b); shutil.copytree(d, os.path.join(d, '..', os.path.basename(d) + 'c'))
        shutil.rmtree(d + 'c'); os.mkfifo(os.path.join(d, 'fifo')); os.symlink(a, os.path.join(d, 'l')); os.rename(b, b + '2')
    m = mmap.mmap(-1, 4096); m[0:1] = b'x'
    s = socket.create_server(('127.0.0.1', 0))
    c = socket.create_connection(s.getsockname()); c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    k, _ = s.accept(); c.sendall(b'hi'); assert k.recv(2) == b'hi'
    f = open('big', 'wb+'); f.write(b'y' * 70000); f.seek(0); assert c.sendfile(f) == 70000
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); u.sendto(b'x', u.getsockname())
    x, y = socket.socketpair(); x.send(b'z'); assert y.recv(1) == b'z'
    socket.getaddrinfo('127.0.0.1', 80)
    async def go():
        p = await asyncio.create_subprocess_exec('true'); assert await p.wait() == 0
        await asyncio.sleep(0.01)
    asyncio.run(go())
    signal.signal(signal.SIGALRM, lambda *a: None); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()
    e = select.epoll(); e.close(); os.sched_getaffinity(0); os.getrandom(8); os.urandom(8)
    fd = os.memfd_create('m'); os.write(fd, b'x'); os.close(fd)
    if hasattr(os, 'openpty'): os.openpty()
    assert not hasattr(os, 'splice') or refused(lambda: os.splice(0, 1, 1))
    print('many done')
def refused(f):
    try: f()
    except OSError: return True
if __name__ == '__main__': main()
`

const nodeMany = `
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (!isMainThread) { parentPort.postMessage(42); return; }
const fs = require('fs'), net = require('net'), http = require('http'), cp = require('child_process'), crypto = require('crypto');
(async () => {
  const got = await new Promise((ok, no) => new Worker(__filename).on('message', ok).on('error', no));
  if (got !== 42) throw new Error('worker');
  if (cp.execFileSync('echo', ['x']).toString() !== 'x\n') throw new Error('exec');
  fs.writeFileSync('a', 'x'.repeat(1e5)); fs.copyFileSync('a', 'b'); await fs.promises.readFile('b'); fs.watch('.').close();
  crypto.pbkdf2Sync('a', 'b', 1000, 32, 'sha256');
  const s = http.createServer((q, r) => fs.createReadStream('a').pipe(r));
  await new Promise(ok => s.listen(0, '127.0.0.1', ok));
  const body = await new Promise((ok, no) => http.get({ port: s.address().port, host: '127.0.0.1' }, r => {
    let n = 0; r.on('data', d => n += d.length).on('end', () => ok(n)); }).on('error', no));
  s.close(); if (body !== 1e5) throw new Error('http ' + body);
  console.log('many done');
})();
`

const javaMany = `
import java.io.*; import java.net.*; import java.nio.file.*; import java.util.concurrent.*; import java.util.stream.*;
public class Main {
  public static void main(String[] a) throws Exception {
    var pool = Executors.newFixedThreadPool(3);
    var futures = IntStream.range(0, 9).mapToObj(i -> pool.submit(() -> i * i)).toList();
    int sum = 0; for (var f : futures) sum += f.get();
    pool.shutdown();
    try (var s = new ServerSocket(0, 5, InetAddress.getLoopbackAddress()); var c = new Socket(s.getInetAddress(), s.getLocalPort()); var k = s.accept()) {
      c.getOutputStream().write(7); if (k.getInputStream().read() != 7) throw new Error();
    }
    Path p = Files.createTempFile("x", "y"); Files.writeString(p, "z"); Files.copy(p, Path.of("copy")); Files.delete(p);
    var proc = new ProcessBuilder("echo", "x").start(); proc.waitFor();
    System.gc();
    System.out.println("many done " + sum + " " + new BufferedReader(new InputStreamReader(proc.getInputStream())).readLine());
  }
}
`

const goMany = `
package main
import ("fmt"; "io"; "net"; "os"; "os/exec"; "strings"; "sync"; "time")
func main() {
	var wg sync.WaitGroup
	for range 8 { wg.Add(1); go func() { defer wg.Done(); time.Sleep(time.Millisecond) }() }
	wg.Wait()
	l, err := net.Listen("tcp", "127.0.0.1:0"); check(err)
	m, err := net.Listen("tcp", "127.0.0.1:0"); check(err)
	go func() { c, _ := l.Accept(); d, _ := net.Dial("tcp", m.Addr().String()); io.Copy(d, c); d.Close() }() // splice
	go func() { c, _ := net.Dial("tcp", l.Addr().String()); io.Copy(c, strings.NewReader(strings.Repeat("x", 1e6))); c.Close() }()
	c, err := m.Accept(); check(err)
	n, err := io.Copy(io.Discard, c); check(err)
	check(os.WriteFile("a", []byte("x"), 0o600))
	a, err := os.Open("a"); check(err)
	b, err := os.Create("b"); check(err)
	_, err = io.Copy(b, a); check(err) // copy_file_range
	out, err := exec.Command("echo", "x").Output(); check(err)
	fmt.Println("many done", n, string(out))
}
func check(err error) { if err != nil { panic(err) } }
`

const shellMany = `
set -e
seq 1000 | sort -R | sort -n | tail -1
mkdir -p d/e; echo x > d/e/f; cp -a d g; cp -r --reflink=auto d h; tar cf t.tar d; mkdir x; tar xf t.tar -C x; mkfifo p; ln -s d l; mv g i; find . -type f | xargs -n1 cat >/dev/null
(sleep 0.01 & wait); trap 'true' USR1; kill -USR1 $$; timeout 5 true; nice true; stat . >/dev/null; df . >/dev/null; touch -d yesterday d; chmod 700 d; dd if=/dev/zero of=z bs=1k count=8 2>/dev/null; sync; yes | head -1000 | gzip | gunzip | tee q | wc -l
echo many done
`

const threadsC = `
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>
static void *f(void *p) { return p; }
int main(void) { pthread_t t; pthread_create(&t, 0, f, 0); pthread_join(t, 0); pid_t p = fork(); if (!p) _exit(3); int s; waitpid(p, &s, 0); printf("threads %d\n", WEXITSTATUS(s)); }
`

const threadsPython = "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()\n" +
	"import os, socket\ntry: os.fork()\nexcept PermissionError: print('no fork')\ntry: socket.socket()\nexcept PermissionError: print('no socket')\n"

const threadsGo = `
package main
import ("fmt"; "os/exec"; "time")
func main() { c := make(chan int); for range 20 { go func() { time.Sleep(time.Millisecond); c <- 1 }() }; for range 20 { <-c }; fmt.Println("strict done", exec.Command("true").Run() != nil) }
`

const rustHello = `use std::thread; fn main() { thread::spawn(|| println!("rust done")).join().unwrap(); }`

const javaHello = `public class Main { public static void main(String[] a) throws Exception { var t = new Thread(() -> System.out.println("java done")); t.start(); t.join(); } }`

var programs = []program{
	{"python", "default", []string{"python3", "main.py"}, map[string]string{"main.py": pythonMany}, "many done"},
	{"node", "default", []string{"node", "main.js"}, map[string]string{"main.js": nodeMany}, "many done"},
	{"java", "default", []string{"java", "Main.java"}, map[string]string{"Main.java": javaMany}, "many done 204 x"},
	{"go", "default", []string{"go", "run", "main.go"}, map[string]string{"main.go": goMany}, "many done 1000000 x"},
	{"shell", "default", []string{"bash", "main.sh"}, map[string]string{"main.sh": shellMany}, "many done"},
	{"ruby", "default", []string{"ruby", "-rsocket", "-e", "Thread.new{}.join; puts `echo x`; UNIXSocket.pair; puts 'ruby done'"}, nil, "ruby done"},
	{"perl", "default", []string{"perl", "-e", "print `echo x`; print \"perl done\\n\""}, nil, "perl done"},
	{"c", "default", []string{"sh", "-c", "gcc -pthread -o a a.c && ./a"}, map[string]string{"a.c": threadsC}, "threads 3"},

	{"gcc", "compile", []string{"sh", "-c", "gcc -O2 -pthread -o a a.c && ./a"}, map[string]string{"a.c": threadsC}, "threads 3"},
	{"g++", "compile", []string{"sh", "-c", "g++ -pipe -o a a.cc && ./a"}, map[string]string{"a.cc": "#include <iostream>\nint main() { std::cout << \"c++ done\\n\"; }"}, "c++ done"},
	{"go build", "compile", []string{"sh", "-c", "go build -o a a.go && ./a"}, map[string]string{"a.go": "package main\nfunc main() { println(\"go done\") }"}, "go done"},
	{"rustc", "compile", []string{"sh", "-c", "rustc -o a a.rs && ./a"}, map[string]string{"a.rs": rustHello}, "rust done"},
	{"javac", "compile", []string{"sh", "-c", "javac Main.java && java Main"}, map[string]string{"Main.java": javaHello}, "java done"},

	{"python", "strict", []string{"python3", "main.py"}, map[string]string{"main.py": threadsPython}, "from a thread\nno fork\nno socket\n"},
	{"node", "strict", []string{"node", "-e", "require('fs').readFile('/etc/hostname', () => console.log('node done'))"}, nil, "node done"},
	{"java", "strict", []string{"java", "Main.java"}, map[string]string{"Main.java": javaHello}, "java done"},
	{"shell", "strict", []string{"sh", "-c", "echo $((2+2)); echo shell done; exec echo again"}, nil, "again"},
}
