const employees = [
  { id: 1, name: "Zoe", dept: "eng", salary: 120, skills: ["go", "js"] },
  { id: 2, name: "Yan", dept: "ops", salary: 90, skills: ["bash"] },
  { id: 3, name: "Xia", dept: "eng", salary: 150, skills: ["rust", "c"] },
  { id: 4, name: "Wil", dept: "hr", salary: 70, skills: [] },
];

const byDept = employees.reduce((acc, { dept, salary, name }) => {
  if (!acc[dept]) {
    acc[dept] = { total: 0, names: [] };
  }
  acc[dept].total += salary;
  acc[dept].names.push(name);
  return acc;
}, {});

for (const dept of Object.keys(byDept).sort()) {
  const { total, names } = byDept[dept];
  const average = Math.round((total / names.length) * 10) / 10;
  console.log(`${dept.toUpperCase()} avg=${average} (${names.join(", ")})`);
}

const skills = new Set(employees.flatMap((e) => e.skills));
console.log(skills.size, skills.has("rust"), [...skills].sort().join(","));

const index = new Map(employees.map((e) => [e.id, e]));
const raise = (id, percent) => {
  const employee = index.get(id);
  employee.salary = Math.trunc(employee.salary * (1 + percent / 100));
  return employee.salary;
};
console.log(raise(2, 10), raise(4, 5));
const richest = employees.reduce((best, e) => (e.salary > best.salary ? e : best));
console.log(richest.name, employees.map((e) => e.salary).sort((a, b) => a - b));
const { name, skills: [firstSkill = "none"] = [] } = employees[3];
console.log(name, firstSkill);
