"""``kestrel bench detect``: how weak a beacon may be, how often noise is taken for one; the main thread.

Every detector has a module of its own with ``run(quick)``; a new one adds its line to ``DETECTORS``.
"""

from collections.abc import Callable

from app.bench import bursts, carriers, detect406, memory, spread406, swept, tags
from app.bench.figures import Figure

DETECTORS: tuple[Callable[[bool], list[Figure]], ...] = (
    carriers.run,
    tags.run,
    swept.run,
    bursts.run,
    detect406.run,
    spread406.run,
    memory.run,
)


def run(quick: bool) -> list[Figure]:
    """With ``quick`` fewer windows: within a minute, noisier."""
    return [figure for detector in DETECTORS for figure in detector(quick)]
