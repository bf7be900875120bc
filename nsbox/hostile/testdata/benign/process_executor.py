# nsbox:why: concurrent.futures with threads and with spawned processes.
# nsbox:stdout: 328350 [2, 4, 6]
import concurrent.futures as cf
import multiprocessing as mp


def double(n):
    return 2 * n


if __name__ == "__main__":
    with cf.ThreadPoolExecutor(4) as ex:
        total = sum(ex.map(lambda n: n * n, range(100)))
    with cf.ProcessPoolExecutor(2, mp_context=mp.get_context("spawn")) as ex:
        print(total, list(ex.map(double, [1, 2, 3])))
