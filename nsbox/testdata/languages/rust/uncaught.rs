fn last(v: &[i32]) -> i32 {
    v[v.len()]
}

fn main() {
    println!("{}", last(&[1, 2, 3]));
}
