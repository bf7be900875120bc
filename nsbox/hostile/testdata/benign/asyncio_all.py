# nsbox:why: asyncio: tasks, a TCP server, a subprocess, an executor and a timeout on one loop.
# nsbox:stdout: echo:hi sub 42 timeout [0, 1, 2]
import asyncio


async def main():
    async def echo(r, w):
        w.write(b"echo:" + await r.readline())
        await w.drain()
        w.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    r, w = await asyncio.open_connection(*server.sockets[0].getsockname())
    w.write(b"hi\n")
    line = (await r.readline()).decode().strip()
    p = await asyncio.create_subprocess_exec("echo", "sub", stdout=asyncio.subprocess.PIPE)
    sub = (await p.communicate())[0].decode().strip()
    n = await asyncio.get_running_loop().run_in_executor(None, lambda: 42)
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.05)
        t = "no timeout"
    except asyncio.TimeoutError:
        t = "timeout"

    async def number(i):
        await asyncio.sleep(0.01 * (3 - i))
        return i

    print(line, sub, n, t, await asyncio.gather(*map(number, range(3))))
    server.close()


asyncio.run(main())
