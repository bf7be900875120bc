# nsbox:lang: python
# nsbox:why: numpy, pandas and matplotlib work within the limits, and the plot comes out as an artifact.
# nsbox:artifacts: plot.png
# nsbox:limits: timeout=60s
# nsbox:stdout: 4.5 {'a': 3, 'b': 7}
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

x = np.arange(10)
df = pd.DataFrame({"k": list("aabb"), "v": [1, 2, 3, 4]})
plt.plot(x, x**2)
plt.savefig("/workspace/plot.png")
print(x.mean(), {k: int(v) for k, v in df.groupby("k")["v"].sum().items()})
