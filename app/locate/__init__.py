"""Antennas, path loss, bearings, posterior and where to fly next; pure, any thread."""
