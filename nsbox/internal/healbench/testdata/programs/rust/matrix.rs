use std::ops::{Add, Mul};

#[derive(Debug, Clone, Copy, PartialEq)]
struct Vector {
    x: f64,
    y: f64,
}

impl Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        Vector { x: self.x + other.x, y: self.y + other.y }
    }
}

impl Mul<f64> for Vector {
    type Output = Vector;

    fn mul(self, factor: f64) -> Vector {
        Vector { x: self.x * factor, y: self.y * factor }
    }
}

fn transpose(rows: &[Vec<i32>]) -> Vec<Vec<i32>> {
    let width = rows[0].len();
    let mut out = vec![Vec::new(); width];
    for row in rows {
        for (i, value) in row.iter().enumerate() {
            out[i].push(*value);
        }
    }
    out
}

fn largest<'a>(rows: &'a [Vec<i32>]) -> Option<&'a i32> {
    rows.iter().flatten().max()
}

fn main() {
    let a = Vector { x: 1.0, y: 2.0 };
    let b = a + Vector { x: 0.5, y: 0.5 } * 2.0;
    println!("{:?} {}", b, a == b);
    let rows = vec![vec![1, 2, 3], vec![4, 5, 6]];
    let turned = transpose(&rows);
    for row in &turned {
        let text: Vec<String> = row.iter().map(|v| v.to_string()).collect();
        println!("{}", text.join(" "));
    }
    if let Some(value) = largest(&rows) {
        println!("largest {}", value);
    }
}
