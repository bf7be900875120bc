import assert from 'node:assert';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

export class Ledger extends EventEmitter {
    constructor() {
        super();
        this.blocks = [];
    }

    get tip() {
        return this.blocks.at(-1)?.hash ?? '0'.repeat(8);
    }

    append(data) {
        const previous = this.tip;
        const hash = createHash('md5').update(previous + JSON.stringify(data)).digest('hex').slice(0, 8);
        const block = { index: this.blocks.length, data, previous, hash };
        this.blocks.push(block);
        this.emit('block', block);
        return block;
    }

    verify() {
        return this.blocks.every((block, i) => {
            const expected = i === 0 ? '00000000' : this.blocks[i - 1].hash;
            return block.previous === expected;
        });
    }
}

const ledger = new Ledger();
setTimeout(() => ledger.append({ from: 'ann', to: 'bob', amount: 5 }), 1);
const [first] = await once(ledger, 'block');
console.log('first block', first.index, first.previous);
ledger.append({ from: 'bob', to: 'cy', amount: 2 });
assert.strictEqual(ledger.blocks.length, 2);
console.log('valid:', ledger.verify());
ledger.blocks[0].hash = 'tampered';
console.log('valid:', ledger.verify());
