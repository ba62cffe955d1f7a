"""Figures of a flight; pure functions on tables, any thread."""
