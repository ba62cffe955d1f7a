"""MAVLink: frames, telemetry, modes and conversations as events in, messages out; no socket, no clock, no thread."""
