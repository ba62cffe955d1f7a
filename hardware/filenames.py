"""What the names of recordings tell, as other programs write them; pure, any thread."""

import re
from dataclasses import dataclass

# gqrx_20240101_120000_433920000_1800000_fc.raw
GQRX = re.compile(r"gqrx_\d{8}_\d{6}_(?P<centre>\d{1,12})_(?P<rate>\d{1,10})_fc\b")
# rtl_433: g001_433.92M_250k.cu8; Kestrel and SDR++: ..._433920000Hz_240000sps_...
CENTRE_AND_RATE = re.compile(
    r"_(?P<centre>\d{1,12}(?:\.\d{1,9})?)(?P<unit>[kMG]?)(?:Hz)?_(?P<rate>\d{1,10}(?:\.\d{1,9})?)(?P<per>k|M|sps)"
)
# SDRSharp_20240101_120000Z_433920000Hz_IQ.wav, HDSDR_20240101_120000Z_433920kHz_RF.wav,
# SDRuno_20240101_120000Z_5960kHz.wav, "01-Jan-2024 120000.000 433.920MHz 000.wav", baseband_433920000Hz_12-00-00.wav
CENTRE = re.compile(r"[_ ](?P<centre>\d{1,12}(?:\.\d{1,9})?)(?P<unit>[kMG]?)Hz", re.IGNORECASE)
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "sps": 1.0}


@dataclass(frozen=True, slots=True)
class Named:
    """0 and empty: the name does not say."""

    centre_hz: float = 0.0
    rate_hz: float = 0.0
    datatype: str = ""


def named(name: str) -> Named:
    """What the file's name says of its samples."""
    if match := GQRX.search(name):
        return Named(float(match["centre"]), float(match["rate"]), "cf32_le")
    if match := CENTRE_AND_RATE.search(name):
        return Named(_hz(match["centre"], match["unit"]), _hz(match["rate"], match["per"]))
    if match := CENTRE.search(name):
        return Named(_hz(match["centre"], match["unit"]))
    return Named()


def _hz(number: str, unit: str) -> float:
    return round(float(number) * UNITS[unit.lower()], 3)
