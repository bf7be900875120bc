use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

struct Log {
    lines: RefCell<Vec<String>>,
}

impl Log {
    fn add(&self, line: String) {
        self.lines.borrow_mut().push(line);
    }
}

struct Queue<T> {
    items: VecDeque<T>,
    capacity: usize,
    log: Rc<Log>,
}

impl<T: std::fmt::Display> Queue<T> {
    fn new(capacity: usize, log: Rc<Log>) -> Self {
        Queue { items: VecDeque::new(), capacity, log }
    }

    fn push(&mut self, item: T) -> bool {
        if self.items.len() == self.capacity {
            self.log.add(format!("full, {} dropped", item));
            return false;
        }
        self.items.push_back(item);
        true
    }

    fn pop(&mut self) -> Option<T> {
        let item = self.items.pop_front();
        if item.is_none() {
            self.log.add(String::from("empty"));
        }
        item
    }
}

fn fibonacci(n: u32) -> u64 {
    let (mut a, mut b) = (0u64, 1u64);
    for _ in 0..n {
        let next = a + b;
        a = b;
        b = next;
    }
    a
}

fn main() {
    let log = Rc::new(Log { lines: RefCell::new(Vec::new()) });
    let mut queue = Queue::new(3, Rc::clone(&log));
    for n in 5..10 {
        let pushed = queue.push(fibonacci(n));
        println!("push {}: {}", n, pushed);
    }
    while let Some(item) = queue.pop() {
        println!("pop {}", item);
    }
    for (i, line) in log.lines.borrow().iter().enumerate() {
        println!("log {}: {}", i + 1, line);
    }
}
