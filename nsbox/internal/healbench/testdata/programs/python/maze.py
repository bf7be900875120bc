import heapq
import itertools
import sys

MAZE = """\
S.#.....
..#.##..
....#..E
.##...#.
"""


class Grid:
    def __init__(self, text):
        self.rows = [list(line) for line in text.splitlines()]
        self.height = len(self.rows)
        self.width = len(self.rows[0])

    def find(self, letter):
        for y, row in enumerate(self.rows):
            for x, cell in enumerate(row):
                if cell == letter:
                    return x, y
        raise ValueError("no " + letter)

    def neighbours(self, position):
        x, y = position
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            nx, ny = x + dx, y + dy
            if 0 <= nx < self.width and 0 <= ny < self.height:
                if self.rows[ny][nx] != "#":
                    yield nx, ny

    def __str__(self):
        return "\n".join("".join(row) for row in self.rows)


def shortest(grid, start, goal):
    tickets = itertools.count()
    queue = [(0, next(tickets), start, [])]
    seen = set()
    while queue:
        cost, _, position, path = heapq.heappop(queue)
        if position == goal:
            return path + [position]
        if position in seen:
            continue
        seen.add(position)
        for step in grid.neighbours(position):
            if step not in seen:
                heapq.heappush(queue, (cost + 1, next(tickets), step, path + [position]))
    return None


def main():
    grid = Grid(MAZE)
    path = shortest(grid, grid.find("S"), grid.find("E"))
    if path is None:
        print("no way")
        sys.exit(1)
    for x, y in path[1:-1]:
        grid.rows[y][x] = "*"
    print(grid)
    print("steps:", len(path) - 1)
    turns = sum(1 for a, b, c in zip(path, path[1:], path[2:]) if a[0] != c[0] and a[1] != c[1])
    print("turns:", turns)


main()
