"""The program without a window: runs headless and imports no Qt."""

import os

# One thread is enough for the small products here; OpenBLAS's own cost 100 times the product when the cores are busy.
# Read once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
