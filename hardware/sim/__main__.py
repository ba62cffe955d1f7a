"""``python -m hardware.sim ['{"seed": 2, ...}']``: the simulated world alone; its main thread."""

import sys

from hardware.sim.config import SimConfig
from hardware.sim.process import run

if __name__ == "__main__":
    run(SimConfig.from_json(sys.argv[1] if len(sys.argv) > 1 else "{}"))
