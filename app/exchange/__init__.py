"""Formats in and out; pure, any thread."""
