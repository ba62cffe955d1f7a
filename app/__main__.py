"""The command line: ``kestrel`` and every verb of it; the main thread."""

import logging
import multiprocessing
import sys

from app.cli import commands
from app.errors import AppError

FAILED = 1


def main() -> None:
    """Run one verb. Exit code 0: done, 1: failed with a reason on stderr, 2: wrong use."""
    multiprocessing.freeze_support()  # a process of a job, in the packaged program
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger().handlers[0].setLevel(logging.WARNING)  # the station's log keeps more than is said here
    try:
        commands()
    except AppError as error:
        sys.stderr.write(f"kestrel: {error}\n")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
