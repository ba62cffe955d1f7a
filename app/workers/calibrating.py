"""From a tone of known level in the spectrum as it is now to an offset; the receiver worker's thread."""

import numpy as np

from app.domain.calibration import Calibration, CalibrationPoint, with_point
from app.domain.radio import RadioState, SpectrumSnapshot
from app.dsp.tone import measure_tone
from app.errors import Conflict


def calibrated(
    before: Calibration | None, spectrum: SpectrumSnapshot, state: RadioState, level_dbm: float, frequency_hz: float
) -> Calibration:
    """The calibration with what is heard now.

    Raises ``OutOfRange`` when there is no clear tone, ``Conflict`` where a level means nothing.
    """
    if state.front_end.agc:
        raise Conflict("The receiver's AGC is on, so its levels mean nothing. Switch it off, then calibrate.")
    if state.overload:
        raise Conflict("The receiver is overloaded. Set less gain, or a weaker tone, then calibrate.")
    power = np.power(np.float32(10.0), spectrum.mean_dbfs / np.float32(10.0))
    tone = measure_tone(power, spectrum.centre_hz, spectrum.rate_hz, frequency_hz, state.spectrum.window)
    offset_db = level_dbm - (tone.power_dbfs - state.gain_db)
    point = CalibrationPoint(frequency_hz=frequency_hz, gain_db=state.gain_db, offset_db=offset_db)
    return with_point(before, point, state.device, state.front_end)
