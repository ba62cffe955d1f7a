"""MAVLink conversations as events in and commands out; no socket, no clock, any thread."""
