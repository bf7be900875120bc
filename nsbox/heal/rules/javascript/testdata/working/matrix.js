const matrix = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];

function transpose(m) {
  return m[0].map((_, col) => m.map((row) => row[col]));
}

function multiply(a, b) {
  const result = [];
  for (let i = 0; i < a.length; i++) {
    const row = [];
    for (let j = 0; j < b[0].length; j++) {
      let sum = 0;
      for (let k = 0; k < b.length; k++) {
        sum += a[i][k] * b[k][j];
      }
      row.push(sum);
    }
    result.push(row);
  }
  return result;
}

const format = (m) => m.map((row) => row.map((x) => String(x).padStart(4)).join("")).join("\n");
console.log(format(transpose(matrix)));
console.log(format(multiply(matrix, transpose(matrix))));
console.log("trace", matrix.reduce((sum, row, i) => sum + row[i], 0));
