import asyncio

results = []


async def job(name, delay):
    await asyncio.sleep(delay)
    results.append(name)
    return len(name)


async def main():
    lengths = await asyncio.gather(job("slow", 0.02), job("quick", 0.001))
    print("lengths:", lengths)
    try:
        await asyncio.wait_for(asyncio.sleep(5), timeout=0.01)
    except asyncio.TimeoutError:
        print("gave up")


asyncio.run(main())
print("finished:", results)
