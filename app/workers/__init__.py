"""Loops around pure code, each in a thread of its own."""
