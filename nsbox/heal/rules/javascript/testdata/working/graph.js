const graph = {
  A: ["B", "C"],
  B: ["D"],
  C: ["D", "E"],
  D: ["F"],
  E: ["F"],
  F: [],
};

function shortest(start, goal) {
  const queue = [[start]];
  const visited = new Set([start]);
  while (queue.length > 0) {
    const route = queue.shift();
    const last = route[route.length - 1];
    if (last === goal) {
      return route;
    }
    for (const neighbour of graph[last]) {
      if (!visited.has(neighbour)) {
        visited.add(neighbour);
        queue.push([...route, neighbour]);
      }
    }
  }
  return null;
}

function degree() {
  const incoming = new Map();
  Object.keys(graph).forEach((key) => incoming.set(key, 0));
  for (const targets of Object.values(graph)) {
    targets.forEach((target) => {
      incoming.set(target, incoming.get(target) + 1);
    });
  }
  return incoming;
}

console.log(shortest("A", "F").join(" -> "));
console.log(shortest("F", "A"));
degree().forEach((count, key) => {
  console.log(key + ":" + count);
});
