"""A known tone in a spectrum: how strong it is read; pure, any thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import Window
from app.dsp.power import band_power, enbw_bins, to_db
from app.errors import OutOfRange

REACH_HZ = 5_000.0  # from where it should be: 10 ppm of error at 433 MHz
BAND_BINS = 16.0  # summed around its line
EDGE = 0.95  # share of the passband in which it may lie
LEAST_SNR_DB = 20.0  # else noise is more than 0.05 dB of it
BLIND_HZ = 500.0  # round the centre, where a receiver hears itself


@dataclass(frozen=True, slots=True)
class Tone:
    """What was read of a tone."""

    frequency_hz: float
    power_dbfs: float
    snr_db: float  # over the noise in the bins that were summed


def measure_tone(
    power: NDArray[np.float32], centre_hz: float, rate_hz: float, frequency_hz: float, window: Window
) -> Tone:
    """The strongest line near ``frequency_hz`` in a linear spectrum, lowest frequency first.

    Raises ``OutOfRange`` when it is not in the passband, or no line there stands well above the noise.
    """
    offset_hz, bin_hz = frequency_hz - centre_hz, rate_hz / power.size
    if not BLIND_HZ < abs(offset_hz) < EDGE * rate_hz / 2.0:
        raise OutOfRange(
            f"{frequency_hz / 1e6:.6f} MHz cannot be measured: the receiver is at {centre_hz / 1e6:.6f} MHz with "
            f"{rate_hz / 1e6:g} MHz around it. Tune beside the tone."
        )
    place, reach = offset_hz / bin_hz + power.size // 2, REACH_HZ / bin_hz
    low, high = max(round(place - reach), 0), min(round(place + reach) + 1, power.size)
    line = low + int(power[low:high].argmax())
    noise = float(np.median(power)) * BAND_BINS / enbw_bins(window)
    whole = band_power(power, line, BAND_BINS, enbw_bins(window))
    tone = Tone(centre_hz + (line - power.size // 2) * bin_hz, to_db(whole - noise), to_db(whole / max(noise, 1e-30)))
    if tone.snr_db < LEAST_SNR_DB:
        raise OutOfRange(
            f"No tone at {frequency_hz / 1e6:.6f} MHz: the strongest line within {REACH_HZ / 1e3:g} kHz is "
            f"{tone.snr_db:.0f} dB over the noise, {LEAST_SNR_DB:.0f} dB are needed. Is the generator on and connected?"
        )
    return tone
