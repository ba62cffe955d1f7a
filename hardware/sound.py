"""Sound in a WAV file, one channel of it, piece by piece; the caller's thread."""

import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io.wavfile
from numpy.typing import NDArray

from app.errors import BadFile


class SoundFile:
    """A WAV file of PCM or floats, mapped and never read whole. Raises ``BadFile`` for what is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", scipy.io.wavfile.WavFileWarning)  # chunks it does not know
                rate_hz, samples = scipy.io.wavfile.read(path, mmap=True)
        except OSError as error:
            raise BadFile(f"{path} cannot be read: {error.strerror or error}.") from error
        except (
            ValueError,
            EOFError,
            struct.error,
            TypeError,
            KeyError,
            IndexError,
            ZeroDivisionError,
            MemoryError,
            UnboundLocalError,  # of scipy, where a header ends too soon
        ) as error:
            raise BadFile(f"{path} is no WAV file that can be played ({type(error).__name__}: {error}).") from error
        self.rate_hz = float(rate_hz)
        self._samples: NDArray[Any] = samples if samples.ndim == 1 else samples[:, 0]
        self._at = 0
        if self._samples.size == 0:
            raise BadFile(f"{path} holds no samples.")
        if not 4_000.0 <= self.rate_hz <= 1e6:
            raise BadFile(
                f"{path}: sound of {self.rate_hz:g} samples a second holds no beacon's data; 8000 and more do."
            )

    def read(self, count: int) -> NDArray[np.float32]:
        """The next samples, full scale 1; none at the end. Raises ``BadFile`` for what is not a number."""
        piece = self._samples[self._at : self._at + count]
        self._at += piece.size
        sound = piece.astype(np.float32)
        if piece.dtype.kind == "u":
            sound = (sound - 128.0) / 128.0
        elif piece.dtype.kind == "i":
            sound /= np.float32(np.iinfo(piece.dtype).max)
        elif not np.isfinite(sound).all():
            raise BadFile(f"{self.path} holds samples that are not numbers, about {self._at / self.rate_hz:.1f} s in.")
        return sound
