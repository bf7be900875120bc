// nsbox:why: Threads, channels, mutexes, TCP on loopback, files and a child process.
// nsbox:stdout: 45 4000 tcp kept sub
// nsbox:limits: timeout=20s
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{mpsc, Arc, Mutex};
use std::{fs, process, thread};

fn main() {
    let (tx, rx) = mpsc::channel();
    for i in 0..10 {
        let tx = tx.clone();
        thread::spawn(move || tx.send(i).unwrap());
    }
    drop(tx);
    let sum: i32 = rx.iter().sum();
    let n = Arc::new(Mutex::new(0));
    let ts: Vec<_> = (0..4)
        .map(|_| {
            let n = n.clone();
            thread::spawn(move || (0..1000).for_each(|_| *n.lock().unwrap() += 1))
        })
        .collect();
    ts.into_iter().for_each(|t| t.join().unwrap());
    let l = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = l.local_addr().unwrap();
    let t = thread::spawn(move || l.accept().unwrap().0.write_all(b"tcp").unwrap());
    let mut text = String::new();
    TcpStream::connect(addr).unwrap().read_to_string(&mut text).unwrap();
    t.join().unwrap();
    fs::write("/tmp/f", "kept").unwrap();
    let out = process::Command::new("echo").arg("sub").output().unwrap();
    println!("{} {} {} {} {}", sum, n.lock().unwrap(), text, fs::read_to_string("/tmp/f").unwrap(), String::from_utf8_lossy(&out.stdout).trim());
}
