// nsbox:why: exec, spawn with pipes, fork with messages.
// nsbox:stdout: shell CBA 42
const cp = require('node:child_process');
if (process.argv[2] === 'child') {
  process.on('message', (n) => { process.send(n * 2); process.disconnect(); });
} else {
  const shell = cp.execSync('echo shell').toString().trim();
  const text = cp.spawnSync('tr', ['a-z', 'A-Z'], { input: 'cba' }).stdout.toString();
  const kid = cp.fork(__filename, ['child']);
  kid.on('message', (n) => console.log(shell, text, n));
  kid.send(21);
}
