// nsbox:why: TypeScript with interfaces, generics and async functions.
// nsbox:stdout: nsbox has 3: 1,2,3
interface Named { name: string }
async function first<T>(xs: T[]): Promise<T> { return xs[0]; }
const boxes: (Named & { items: number[] })[] = [{ name: 'nsbox', items: [1, 2, 3] }];
first(boxes).then((b) => console.log(`${b.name} has ${b.items.length}: ${b.items}`));
