"""The simulated world: vehicle, beacon and receiver on their real protocols, a process of its own."""
