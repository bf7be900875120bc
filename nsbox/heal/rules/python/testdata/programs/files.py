import csv
import io
import os
import tempfile
from pathlib import Path

ROWS = [("id", "city", "people"), (1, "Oslo", 709000), (2, "Bergen", 286000), (3, "Hamar", 32000)]


def save(path, rows):
    with open(path, "w", newline="") as handle:
        writer = csv.writer(handle)
        for row in rows:
            writer.writerow(row)


def load(path):
    with open(path, encoding="utf8") as handle:
        return [dict(row, people=int(row["people"])) for row in csv.DictReader(handle)]


folder = tempfile.mkdtemp()
path = os.path.join(folder, "cities.csv")
save(path, ROWS)
cities = load(path)
large = [city["city"] for city in cities if city["people"] > 100000]
print("large:", large)
print("total:", sum(city["people"] for city in cities))
text = Path(path).read_text()
print("lines:", len(text.splitlines()), "first:", text.split("\n")[0].strip())
buffer = io.StringIO()
print("a", "b", sep="|", end="!\n", file=buffer)
print(buffer.getvalue().strip())
os.remove(path)
print(os.path.exists(path))
