"""What a SigMF description says of the vehicle and of what was heard; pure, any thread."""

import math
from typing import Any

from app.domain.radio import Detection
from app.domain.vehicle import Telemetry


def point(pose: Telemetry) -> dict[str, Any]:
    """GeoJSON, RFC 7946: longitude first, then height above the sea."""
    heights = [pose.altitude_m] if math.isfinite(pose.altitude_m) else []
    return {"type": "Point", "coordinates": [pose.lon_deg, pose.lat_deg, *heights]}


def pose_fields(pose: Telemetry) -> dict[str, float]:
    """Where the vehicle was and how it lay, under names of the namespace ``kestrel``."""
    return {
        "time_s": pose.time_s,
        "lat_deg": pose.lat_deg,
        "lon_deg": pose.lon_deg,
        "altitude_m": pose.altitude_m,
        "height_m": pose.height_m,
        "heading_deg": pose.heading_deg,
        "roll_deg": pose.roll_deg,
        "pitch_deg": pose.pitch_deg,
    }


def signal_of(detection: Detection) -> tuple[float | str, ...]:
    """What does not change while one signal is told again and again."""
    where = 0.0 if detection.target_id else round(detection.frequency_hz / max(detection.bandwidth_hz, 1.0))
    return detection.time_s, str(detection.kind), detection.target_id, where


def annotation(detection: Detection, first: int, count: int, version: str) -> dict[str, Any]:
    """``count`` samples from ``first`` on, marked as this detection."""
    half_hz = detection.bandwidth_hz / 2.0
    return {
        "core:sample_start": first,
        "core:sample_count": count,
        "core:freq_lower_edge": detection.frequency_hz - half_hz,
        "core:freq_upper_edge": detection.frequency_hz + half_hz,
        "core:label": str(detection.kind),
        "core:comment": detection.text,
        "core:generator": f"Kestrel {version}",
        "kestrel:time_s": detection.time_s,
        "kestrel:target_id": detection.target_id,
        "kestrel:power_dbfs": detection.power_dbfs,
        "kestrel:snr_db": detection.snr_db,
        "kestrel:confirmed": detection.confirmed,
    }
