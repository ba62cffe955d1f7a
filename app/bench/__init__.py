"""Benchmarks: the figures of the design beside their peers and limits; the main thread."""
