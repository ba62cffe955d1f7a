"""Bursts of 406 MHz beacons, from samples to bits: phase modulation and spread OQPSK; pure, any thread."""
