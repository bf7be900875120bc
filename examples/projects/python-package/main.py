# A project of several files:
#   nsbox exec examples/projects/python-package -- 3 4
import sys

from shapes.triangle import hypotenuse

a, b = (float(word) for word in sys.argv[1:3])
print(hypotenuse(a, b))
