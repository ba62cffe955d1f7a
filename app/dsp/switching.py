"""Where in the samples a new gain took hold, from their power alone; pure, any thread."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FRAME_S = 0.001  # of samples, one power each
LEAST_FRAME = 256  # samples
LEAST_FRAMES = 12  # on each side of the switch
SMOOTHED = 5  # frames over which a median is taken, so that pulses and clicks are no steps
NEAR = 8  # frames right before and after the switch, which must show all of the step
LEAST_STEP_DB = 0.8
LEAST_SHARE, MOST_SHARE = 0.35, 1.4  # of the step: the converter's own noise and clipping hide some of it
SPREAD = 0.25  # of the step seen, greatest standard deviation on each side


def frame_size(rate_hz: float) -> int:
    """Samples to one power."""
    return max(round(FRAME_S * rate_hz), LEAST_FRAME)


def frame_powers_db(iq: NDArray[np.complex64], size: int) -> NDArray[np.float32]:
    """Power of each whole frame of ``size`` samples, dB."""
    parts = iq[: iq.size // size * size].view(np.float32).reshape(-1, 2 * size)
    power = np.einsum("ij,ij->i", parts, parts) / np.float32(size)
    return np.asarray(10.0 * np.log10(np.maximum(power, np.float32(1e-12))), np.float32)


def find_step(power_db: NDArray[np.float32], step_db: float) -> int | None:
    """The frame with which power rose by about ``step_db`` (fell, when negative) and stayed, or None.

    Least squares for two levels and the place between them. It is taken only when the two levels lie apart as the
    gain was changed, and the power is steady on both sides: fading, a burst or a beacon's pulses are no gain.
    """
    if abs(step_db) < LEAST_STEP_DB or power_db.size < 2 * LEAST_FRAMES + SMOOTHED:
        return None
    smooth = np.median(sliding_window_view(power_db.astype(np.float64), SMOOTHED), axis=1)
    count = np.arange(1, smooth.size)
    sums = np.cumsum(smooth)
    before, after = sums[:-1] / count, (sums[-1] - sums[:-1]) / (smooth.size - count)
    gain = count * (smooth.size - count) * (after - before) ** 2
    gain[: LEAST_FRAMES - 1] = gain[smooth.size - LEAST_FRAMES :] = 0.0
    place = int(np.argmax(gain)) + 1
    low, high = smooth[:place], smooth[place:]
    whole_db = float(np.median(high) - np.median(low))
    sharp_db = float(np.median(high[SMOOTHED // 2 :][:NEAR]) - np.median(low[: -(SMOOTHED // 2)][-NEAR:]))
    spread_db = max(_deviation(low), _deviation(high))
    if not all(LEAST_SHARE <= seen_db / step_db <= MOST_SHARE for seen_db in (whole_db, sharp_db)):
        return None
    if spread_db > SPREAD * abs(whole_db):
        return None
    return place + SMOOTHED // 2


def _deviation(values: NDArray[np.float64]) -> float:
    """Standard deviation, robustly, of a median filtered series about its median."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))
