// nsbox:why: Worker threads with messages and a shared array.
// nsbox:stdout: 4000 [ 0, 1, 2, 3 ]
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  Promise.all([0, 1, 2, 3].map((i) => new Promise((ok, bad) => {
    const w = new Worker(__filename, { workerData: { i, shared } });
    w.on('message', ok);
    w.on('error', bad);
  }))).then((ids) => console.log(Atomics.load(shared, 0), ids));
} else {
  for (let n = 0; n < 1000; n++) Atomics.add(workerData.shared, 0, 1);
  parentPort.postMessage(workerData.i);
}
