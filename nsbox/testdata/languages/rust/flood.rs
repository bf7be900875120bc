fn main() {
    loop {
        println!("{}", "flood ".repeat(100));
    }
}
