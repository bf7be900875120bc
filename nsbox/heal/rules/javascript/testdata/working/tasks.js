const tasks = [];
let nextId = 1;

function addTask(title, priority = "normal") {
  const task = { id: nextId++, title, priority, done: false };
  tasks.push(task);
  return task;
}

function complete(id) {
  const task = tasks.find((t) => t.id === id);
  if (!task) {
    return false;
  }
  task.done = true;
  return true;
}

const render = () =>
  tasks
    .filter((task) => !task.done)
    .map((task) => `[${task.priority[0].toUpperCase()}] ${task.title}`)
    .join("\n");

addTask("write tests", "high");
addTask("fix build");
addTask("drink tea", "low");
console.log(complete(2), complete(42));
console.log(render());
console.log(`${tasks.filter((t) => t.done).length} of ${tasks.length} done`);

const handlers = {
  greet: (who) => "hello " + who,
  shout(who) {
    return this.greet(who).toUpperCase() + "!";
  },
};
console.log(handlers.shout("world"));
