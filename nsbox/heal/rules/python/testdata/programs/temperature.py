def to_celsius(value):
    return (value - 32) * 5 / 9


def describe(value):
    if value < 0:
        return "freezing"
    if value < 15:
        return "cold"
    if value < 25 and value != 20:
        return "mild"
    return "warm"


readings = [12, 45.5, 68, 90, -4]
print("  F      C")
for reading in readings:
    celsius = to_celsius(reading)
    print("%5.1f %6.2f  %s" % (reading, celsius, describe(celsius)))
warmest = max(readings)
coldest = min(readings)
print("range: " + str(coldest) + " to " + str(warmest))
spread = warmest - coldest
print("spread:", spread)
count = 0
i = 0
while i < len(readings):
    if readings[i] > 50:
        count += 1
    i += 1
print(f"{count} of {len(readings)} above 50")
