"""Values and pure rules: facts, geometry, states, safety, search patterns. No I/O, no clock, no thread."""
