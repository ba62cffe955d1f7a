"""What is shown of the spectrum: rows averaged, and the highest and lowest of each bin held; receiver thread."""

import numpy as np
from numpy.typing import NDArray


class Trace:
    """One tuning's rows; ``restart`` when what they mean changes."""

    def __init__(self, averaging: int = 1) -> None:
        self.restart(averaging)

    def restart(self, averaging: int) -> None:
        """Forget all rows; from now on a row counts one part in ``averaging``."""
        self._averaging = averaging
        self._count = 0
        self.mean = self.peak = self.lowest = np.zeros(0, np.float32)

    def release(self) -> None:
        """Hold anew from the next row on; the average goes on."""
        self.peak = self.lowest = self.mean

    def take(self, power: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take a row of linear power, shape (bins,); returns the average with those before it."""
        if power.size != self.mean.size:
            self.restart(self._averaging)
            self.mean, self.peak, self.lowest, self._count = power.copy(), power.copy(), power.copy(), 1
            return self.mean
        self._count = min(self._count + 1, self._averaging)
        self.mean = self.mean + (power - self.mean) / np.float32(self._count)
        self.peak = np.maximum(self.peak, power)
        self.lowest = np.minimum(self.lowest, power)
        return self.mean
