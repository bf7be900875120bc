// nsbox:why: A file watcher sees a change, and streams, promises and temporary directories work.
// nsbox:stdout: seen 5
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'w-'));
const w = fs.watch(dir, (_, name) => {
  w.close();
  fs.promises.readFile(path.join(dir, 'f')).then((b) => console.log(name === 'f' ? 'seen' : name, b.length));
});
setTimeout(() => fs.writeFileSync(path.join(dir, 'f'), 'hello'), 20);
