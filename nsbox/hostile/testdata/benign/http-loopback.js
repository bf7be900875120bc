// nsbox:why: An HTTP server and fetch on loopback, with gzip and hashing.
// nsbox:stdout: 200 hello 2cf24dba
const http = require('node:http');
const zlib = require('node:zlib');
const crypto = require('node:crypto');
const s = http.createServer((q, r) => {
  r.setHeader('content-encoding', 'gzip');
  r.end(zlib.gzipSync('hello'));
});
s.listen(0, '127.0.0.1', async () => {
  const r = await fetch(`http://127.0.0.1:${s.address().port}/`);
  const text = await r.text();
  console.log(r.status, text, crypto.createHash('sha256').update(text).digest('hex').slice(0, 8));
  s.close();
  s.closeAllConnections();
});
