# nsbox:why: http.server and urllib talk over loopback by name, so resolving localhost works.
# nsbox:stdout: 200 served /x
import http.server
import threading
import urllib.request


class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served " + self.path.encode())

    def log_message(self, *a):
        pass


s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
with urllib.request.urlopen("http://localhost:%d/x" % s.server_port) as r:
    print(r.status, r.read().decode())
