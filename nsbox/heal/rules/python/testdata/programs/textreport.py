import json
import statistics

DATA = '[{"name": "Ana", "marks": [7, 9, 8]}, {"name": "Bo", "marks": [5, 6]}, {"name": "Cy", "marks": []}]'


def average(values):
    if not values:
        return None
    return sum(values) / len(values)


def grade(mark):
    if mark is None:
        return "-"
    elif mark >= 8:
        return "A"
    elif mark >= 6:
        return "B"
    else:
        return "C"


def report(people):
    lines = []
    for number, person in enumerate(people, start=1):
        mark = average(person["marks"])
        shown = "none" if mark is None else format(mark, ".2f")
        lines.append(str(number) + ". " + person["name"].upper().rjust(5) + " " + shown + " " + grade(mark))
    return lines


people = json.loads(DATA)
for line in report(people):
    print(line)
all_marks = [mark for person in people for mark in person["marks"]]
print("median", statistics.median(all_marks), "of", len(all_marks))
print(json.dumps({"best": max(all_marks), "worst": min(all_marks)}, sort_keys=True))
