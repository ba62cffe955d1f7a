"""``kestrel bench detect``: how weak a beacon may be, how often noise is taken for one; the main thread.

Every detector has a module of its own with ``run(quick, count)``; a new one adds its line to ``DETECTORS``.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from app.bench import bursts, carriers, detect406, memory, spread406, swept, tags
from app.bench.figures import Figure
from app.bench.trials import Count, counting

DETECTORS: tuple[Callable[[bool, Count], list[Figure]], ...] = (
    carriers.run,
    tags.run,
    swept.run,
    bursts.run,
    detect406.run,
    spread406.run,
)


def run(quick: bool) -> list[Figure]:
    """With ``quick`` fewer windows: within a minute, noisier.

    What is timed comes first; then an hour is played in a process of its own, beside the counting.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as beside, counting() as count:
        timed = tags.times(quick)
        hour = beside.submit(memory.run, quick)
        counted = [figure for detector in DETECTORS for figure in detector(quick, count)]
        return [*timed, *counted, *hour.result()]
