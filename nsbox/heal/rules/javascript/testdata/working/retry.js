// Bank queue simulation with promises
const delay = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));

async function retry(task, attempts) {
  let lastError;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await task(attempt);
    } catch (error) {
      lastError = error;
      console.log(`attempt ${attempt} failed: ${error.message}`);
    }
  }
  throw lastError;
}

async function flaky(attempt) {
  await delay(1);
  if (attempt < 3) {
    throw new Error("code " + attempt * 100);
  }
  return "ok after " + attempt;
}

(async () => {
  console.log(await retry(flaky, 5));
  const [a, b] = await Promise.all([delay(2, "slow"), delay(1, "fast")]);
  console.log(a, b);
  const winner = await Promise.race([delay(20, "tortoise"), delay(1, "hare")]);
  console.log("winner:", winner);
  try {
    await retry(flaky, 2);
  } catch (err) {
    console.log(err instanceof Error, err.message);
  }
})();
