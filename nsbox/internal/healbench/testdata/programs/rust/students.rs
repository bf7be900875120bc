use std::collections::{BTreeMap, HashSet};

#[derive(Debug, Clone)]
struct Student {
    name: String,
    grades: Vec<u32>,
}

trait Describe {
    fn describe(&self) -> String;
}

impl Student {
    fn new(name: &str, grades: &[u32]) -> Student {
        Student { name: name.to_string(), grades: grades.to_vec() }
    }

    fn average(&self) -> f64 {
        let total: u32 = self.grades.iter().sum();
        total as f64 / self.grades.len() as f64
    }
}

impl Describe for Student {
    fn describe(&self) -> String {
        format!("{:<6} {:>5.1}", self.name, self.average())
    }
}

fn best(students: &[Student]) -> &Student {
    let mut winner = &students[0];
    for student in students {
        if student.average() > winner.average() {
            winner = student;
        }
    }
    winner
}

fn print_all(items: &[Box<dyn Describe>]) {
    for item in items {
        println!("{}", item.describe());
    }
}

fn main() {
    let mut students = vec![
        Student::new("Ada", &[90, 95, 100]),
        Student::new("Bob", &[70, 80]),
        Student::new("Cy", &[85, 85, 84]),
    ];
    students.sort_by(|a, b| a.name.cmp(&b.name));
    let winner = best(&students).clone();
    let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for student in &students {
        let key = student.average() as u32 / 10;
        groups.entry(key).or_default().push(student.name.clone());
        for grade in &student.grades {
            seen.insert(*grade);
        }
    }
    for (key, names) in &groups {
        println!("{}0s: {}", key, names.join(", "));
    }
    println!("winner {} of {}, {} grades", winner.name, students.len(), seen.len());
    let boxed: Vec<Box<dyn Describe>> = students.into_iter().map(|s| Box::new(s) as Box<dyn Describe>).collect();
    print_all(&boxed);
}
