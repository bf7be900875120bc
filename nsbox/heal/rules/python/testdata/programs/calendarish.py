from datetime import date, timedelta

HOLIDAYS = {date(2024, 1, 1): "New Year", date(2024, 5, 1): "Labour Day"}


def working_days(first, last):
    day, count = first, 0
    while day <= last:
        if day.weekday() < 5 and day not in HOLIDAYS:
            count += 1
        day += timedelta(days=1)
    return count


def next_weekday(start, weekday):
    ahead = (weekday - start.weekday()) % 7
    return start + timedelta(days=ahead or 7)


start = date(2024, 1, 1)
print("working days:", working_days(start, date(2024, 1, 31)))
print("next friday:", next_weekday(start, 4).isoformat())
for day, name in sorted(HOLIDAYS.items()):
    print(day.strftime("%d.%m.%Y"), name)
if start.year % 4 == 0 and (start.year % 100 != 0 or start.year % 400 == 0):
    print(start.year, "is a leap year")
else:
    print(start.year, "is no leap year")
