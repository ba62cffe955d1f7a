"""Atheris on everything that reads recordings: python tests/unit/hardware/fuzz_recordings.py -runs=100000.

Any end but a ``BadFile`` or samples is a find, and so is more memory than the file is worth (``-rss_limit_mb``).
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["app.domain.sigmf", "hardware"]):
    from app.errors import BadFile
    from app.ports import EndOfRecording
    from app.settings import RadioSettings
    from hardware.playback import PlaybackOptions, PlaybackReceiver

KINDS = ("x.sigmf-meta", "x.sigmf", "x.wav", "x.cf32", "x.cu8")
FOLDER = tempfile.TemporaryDirectory()
MOST_BLOCKS = 50


def one(data: bytes) -> None:
    """The first byte chooses the kind; all of the rest is the file."""
    if not data:
        return
    path = Path(FOLDER.name) / KINDS[data[0] % len(KINDS)]
    path.write_bytes(data[1:])
    if path.suffix == ".sigmf-meta":
        path.with_suffix(".sigmf-data").write_bytes(bytes(range(256)) * 8)
    receiver = PlaybackReceiver(PlaybackOptions(path, speed=0.0), RadioSettings())
    try:
        receiver.open()
        for _ in range(MOST_BLOCKS):
            receiver.read(0.0)
    except (BadFile, EndOfRecording):
        pass
    finally:
        receiver.close()


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
