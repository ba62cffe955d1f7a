"""Figures as words: frequencies, distances, times, positions; pure, any thread."""

import math
from datetime import UTC, datetime

from app.domain.geometry import LatLon
from app.domain.radio import Level

NOT_KNOWN = "–"


def frequency_text(hz: float) -> str:
    """MHz to the hundred hertz: 433.9200 MHz."""
    return f"{hz / 1e6:.4f} MHz"


def distance_text(metres: float) -> str:
    """Metres below 1 km, then kilometres."""
    if not math.isfinite(metres):
        return NOT_KNOWN
    return f"{metres:.0f} m" if metres < 1000.0 else f"{metres / 1000.0:.2f} km"


def area_text(square_metres: float) -> str:
    """Square metres, hectares or square kilometres, whichever reads best."""
    if square_metres < 10_000.0:
        return f"{square_metres:.0f} m²"
    if square_metres < 1e6:
        return f"{square_metres / 1e4:.1f} ha"
    return f"{square_metres / 1e6:.2f} km²"


def duration_text(seconds: float) -> str:
    """Minutes and seconds, with hours when there are any: 4:05, 1:02:33."""
    whole = max(round(seconds), 0)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def size_text(size_bytes: float) -> str:
    """Megabytes, then gigabytes."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e9 else f"{size_bytes / 1e9:.2f} GB"


def clock_text(time_s: float) -> str:
    """UTC time of day."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%H:%M:%S")


def date_text(time_s: float) -> str:
    """UTC date and time to the minute."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M")


def time_text(time_s: float) -> str:
    """UTC date and time to the second."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


def position_text(position: LatLon) -> str:
    """Decimal degrees with hemispheres; the sixth decimal is 0.1 m."""
    north = "N" if position.lat_deg >= 0.0 else "S"
    east = "E" if position.lon_deg >= 0.0 else "W"
    return f"{abs(position.lat_deg):.6f}° {north}  {abs(position.lon_deg):.6f}° {east}"


def level_text(level_dbfs: float, dbm_offset_db: float | None) -> str:
    """dBm where it is known what makes it of dBFS."""
    return f"{level_dbfs:.1f} dBFS" if dbm_offset_db is None else f"{level_dbfs + dbm_offset_db:.1f} dBm"


def rssi_text(level: Level, form: str = ".1f") -> str:
    """dBm where the receiver is calibrated, else dB: dBFS less the gain."""
    return f"{level.power_db:{form}} dB" if level.power_dbm is None else f"{level.power_dbm:{form}} dBm"


def known(value: float | None, form: str, unit: str = "") -> str:
    """``value`` in the format ``form`` with its unit, or a dash when it is not known."""
    return NOT_KNOWN if value is None else f"{value:{form}}{unit}"
