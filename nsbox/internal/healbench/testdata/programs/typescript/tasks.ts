type Status = 'open' | 'done';

interface Task {
  id: number;
  title: string;
  status: Status;
  tags?: string[];
}

class TaskList {
  private tasks: Map<number, Task> = new Map();
  private next = 1;

  add(title: string, tags: string[] = []): Task {
    const task: Task = { id: this.next++, title, status: 'open', tags };
    this.tasks.set(task.id, task);
    return task;
  }

  finish(id: number): void {
    const task = this.tasks.get(id);
    if (task === undefined) {
      throw new Error(`no task ${id}`);
    }
    task.status = 'done';
  }

  filter(check: (task: Task) => boolean): Task[] {
    return [...this.tasks.values()].filter(check);
  }
}

function countBy<T>(items: T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const name = key(item);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

enum Level {
  Low = 1,
  High,
}

const list = new TaskList();
list.add('write', ['desk']);
list.add('print', ['desk', 'paper']);
list.add('walk');
list.finish(2);
try {
  list.finish(9);
} catch (error) {
  console.log('refused:', (error as Error).message);
}
const open = list.filter((task) => task.status === 'open');
console.log(open.map((task) => task.title).join(', '));
console.log(countBy(list.filter(() => true), (task) => task.status));
console.log(Level[Level.High], open.length > 1 ? Level.High : Level.Low);
