const { EventEmitter } = require('events');
const path = require('path');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Queue extends EventEmitter {
  constructor(limit) {
    super();
    this.limit = limit;
    this.running = 0;
    this.waiting = [];
  }

  async run(task) {
    if (this.running >= this.limit) {
      await new Promise((resolve) => this.waiting.push(resolve));
    }
    this.running++;
    try {
      return await task();
    } finally {
      this.running--;
      const next = this.waiting.shift();
      if (next) next();
      this.emit('done', this.running);
    }
  }
}

async function fetchPage(number) {
  await sleep(number);
  if (number === 3) {
    throw new Error('page 3 is missing');
  }
  return { number, title: `Page ${number}`, file: path.join('pages', number + '.html') };
}

async function main() {
  const queue = new Queue(2);
  let finished = 0;
  queue.on('done', () => {
    finished += 1;
  });
  const numbers = [1, 2, 3, 4];
  const results = await Promise.allSettled(numbers.map((n) => queue.run(() => fetchPage(n))));
  results.forEach((result, index) => {
    if (result.status === 'fulfilled') {
      console.log(numbers[index], result.value.title, result.value.file);
    } else {
      console.log(numbers[index], 'failed:', result.reason.message);
    }
  });
  console.log('finished', finished);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
