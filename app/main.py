"""Composition root: builds, wires, starts and undoes in reverse; the only place that constructs rooms."""
