"""Where targets lie in the receiver's passband, and where to put its centre; pure, any thread."""

from app.domain.radio import Target

USABLE = 0.9  # share of the passband not eaten by the receiver's own filter
DC_GUARD_HZ = 1_000.0  # kept free at the centre, where an RTL-SDR hears itself


def in_passband(target: Target, centre_hz: float, rate_hz: float) -> bool:
    """Whether the target's whole channel is in the usable passband."""
    reach_hz = abs(target.frequency_hz - centre_hz) + target.bandwidth_hz / 2.0
    return reach_hz <= USABLE * rate_hz / 2.0 or (
        target.bandwidth_hz >= USABLE * rate_hz and abs(target.frequency_hz - centre_hz) < 0.05 * rate_hz
    )


def well_placed(target: Target, centre_hz: float, rate_hz: float) -> bool:
    """In the passband and not at the centre, where the receiver is blind; a wide channel may lie across the centre."""
    clear = abs(target.frequency_hz - centre_hz) >= target.bandwidth_hz / 2.0 + DC_GUARD_HZ
    return in_passband(target, centre_hz, rate_hz) and (clear or target.bandwidth_hz > 0.3 * rate_hz)


def centre_for(target: Target, rate_hz: float) -> float:
    """A centre frequency with the target beside it: 0.2 of the rate above, more or less as its channel is wide.

    A channel of more than 0.3 of the rate is put in the middle and the receiver's own line there is blanked.
    """
    if target.bandwidth_hz > 0.3 * rate_hz:
        return target.frequency_hz
    offset_hz = 0.2 * rate_hz
    return float(round(target.frequency_hz + offset_hz))
