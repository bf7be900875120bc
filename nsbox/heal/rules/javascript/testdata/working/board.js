const board = Array.from({ length: 5 }, () => Array(5).fill('.'));

function place(ship, row, col, vertical) {
  for (let i = 0; i < ship.size; i++) {
    const r = vertical ? row + i : row;
    const c = vertical ? col : col + i;
    if (r >= board.length || c >= board[0].length || board[r][c] !== '.') {
      throw new RangeError(`cannot place ${ship.name} at ${row},${col}`);
    }
    board[r][c] = ship.name[0];
  }
}

const ships = [
  { name: 'Destroyer', size: 3 },
  { name: 'Boat', size: 2 },
];

place(ships[0], 0, 1, true);
place(ships[1], 4, 2, false);
try {
  place({ name: 'Tanker', size: 4 }, 1, 3, false);
} catch (e) {
  if (!(e instanceof RangeError)) throw e;
  console.log(e.message);
}

const lines = board.map((row) => row.join(' '));
console.log(lines.join('\n'));
const hits = [[0, 1], [1, 1], [3, 3], [4, 2]].map(([r, c]) => {
  const hit = board[r][c] !== '.';
  return `${r}${c}:${hit ? 'hit' : 'miss'}`;
});
console.log(hits.join(' '));
let remaining = 0;
for (const row of board) {
  for (const cell of row) {
    if (cell !== '.') remaining++;
  }
}
console.log('cells left', remaining);
