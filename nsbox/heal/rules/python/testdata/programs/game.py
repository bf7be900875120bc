import random
from enum import Enum


class Cell(Enum):
    EMPTY = "."
    WALL = "#"
    COIN = "o"


def make_board(width, height, seed):
    rng = random.Random(seed)
    board = []
    for y in range(height):
        row = []
        for x in range(width):
            if x in (0, width - 1) or y in (0, height - 1):
                row.append(Cell.WALL)
            elif rng.random() < 0.3:
                row.append(Cell.COIN)
            else:
                row.append(Cell.EMPTY)
        board.append(row)
    return board


def walk(board, moves):
    x, y, coins = 1, 1, 0
    steps = {"l": (-1, 0), "r": (1, 0), "u": (0, -1), "d": (0, 1)}
    for move in moves:
        dx, dy = steps[move]
        if board[y + dy][x + dx] is Cell.WALL:
            continue
        x, y = x + dx, y + dy
        if board[y][x] == Cell.COIN:
            coins += 1
            board[y][x] = Cell.EMPTY
    return (x, y), coins


board = make_board(8, 5, seed=7)
position, coins = walk(board, "rrrddlluur")
print("\n".join("".join(cell.value for cell in row) for row in board))
print("at", position, "with", coins, "coins")
