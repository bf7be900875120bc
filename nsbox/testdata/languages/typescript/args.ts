const args: string[] = process.argv.slice(2);
for (const a of args) console.log(a);
