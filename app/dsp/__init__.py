"""Samples in, spectrum rows, levels and detections out; NumPy and SciPy only, pure, any thread."""
