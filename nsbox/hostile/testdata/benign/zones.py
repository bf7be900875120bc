# nsbox:why: Clocks run forward, UTC and fixed offsets work, and local time is UTC.
# nsbox:stdout: 2024-03-10T12:00:00+02:00 UTC True True
import datetime as dt
import time

t = dt.datetime(2024, 3, 10, 10, tzinfo=dt.timezone.utc).astimezone(dt.timezone(dt.timedelta(hours=2)))
a = time.monotonic()
time.sleep(0.01)
print(t.isoformat(), time.tzname[0], time.monotonic() > a, time.time() > 1.7e9)
