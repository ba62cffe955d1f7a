"""What a receiver is set up with: from settings to wishes and a state, and back to a profile; pure, any thread."""

from dataclasses import asdict
from typing import Any

from app.domain.radio import FrontEnd, RadioState
from app.errors import OutOfRange
from app.ports import ReceiverInfo, Switchable
from app.settings import RadioSettings, ReceiverProfile
from app.workers.stream import Stream
from app.workers.tuner import Wanted

NO_SOURCE = "No receiver is set up. Give its address, for example rtl_tcp://host:port or rtlsdr:0."


def unconnected(settings: RadioSettings, now_s: float) -> RadioState:
    """The state before a receiver has answered."""
    return RadioState(
        time_s=now_s,
        source=settings.source,
        device="",
        connected=False,
        simulated=settings.simulated,
        centre_hz=settings.centre_hz,
        rate_hz=settings.rate_hz,
        gain_db=settings.gain_db or 0.0,
        auto_gain=settings.gain_db is None,
        gains_db=(),
        samples=0,
        lost_samples=0,
        overload=False,
        problem="" if settings.source else NO_SOURCE,
        profile=settings.profile,
        antenna=settings.antenna,
        pattern=settings.pattern,
    )


def wanted_of(settings: RadioSettings) -> Wanted:
    """What the settings ask for."""
    return Wanted(settings.centre_hz, settings.gain_db, settings.front_end, settings.calibration)


def answered(info: ReceiverInfo, receiver: object, simulated: bool) -> dict[str, Any]:
    """The part of the state that the receiver answers when it is opened."""
    return {
        "device": info.device,
        "connected": True,
        "simulated": info.simulated or simulated,
        "rate_hz": info.rate_hz,
        "gains_db": info.gains_db,
        "switches": receiver.switches if isinstance(receiver, Switchable) else (),
        "problem": "",
    }


def demand_switches(state: RadioState, front_end: FrontEnd, before: FrontEnd) -> None:
    """Raises ``OutOfRange`` when a switch is set to something new that the receiver does not have."""
    now, old = asdict(front_end), asdict(before)
    asked = {name for name in now if now[name] != old[name] and not name.startswith("correct_")}
    if missing := asked - set(state.switches):
        raise OutOfRange(f"{state.device} has no switch for {', '.join(sorted(missing))}")


def apply_front_end(front_end: FrontEnd, receiver: object, stream: Stream | None) -> None:
    """Set the switches the receiver has, and what the station corrects. Raises ``DeviceError``."""
    if isinstance(receiver, Switchable):
        receiver.set_front_end(front_end)
    if stream is not None:
        stream.correct(front_end.correct_dc, front_end.correct_iq)


def with_source(settings: RadioSettings, source: str) -> RadioSettings:
    """The settings for a receiver at another address, whose profile and antenna are not known."""
    other = {} if source == settings.source else {"profile": "", "antenna": "", "pattern": None, "device": ""}
    return settings.model_copy(update={"source": source} | other)


def stranger(settings: RadioSettings, device: str) -> str:
    """What is to be told when another receiver answers than the one that was kept; empty when it is that one."""
    calibrated = settings.calibration.device if settings.calibration is not None else ""
    known = settings.device or (calibrated if settings.profile else "")
    if not known or known == device:
        return ""
    kept = f"The profile {settings.profile} is" if settings.profile else "The calibration is"
    return (
        f"{kept} of {known}, but {device} has answered. Crystal correction and calibration do not hold for it: levels "
        "are in dBFS. Plug in the other, or keep and calibrate this one under a name of its own."
    )


def profile_of(settings: RadioSettings, wanted: Wanted, device: str, antenna: str | None = None) -> ReceiverProfile:
    """The receiver as it is set up now, ``device``; ``antenna`` instead of the one that is known."""
    settings = settings.model_copy(update={"device": device or settings.device})
    kept = {name: getattr(settings, name) for name in ReceiverProfile.model_fields}
    now = asdict(wanted.front_end) | {"gain_db": wanted.gain_db, "calibration": wanted.calibration}
    return ReceiverProfile(**(kept | now | ({} if antenna is None else {"antenna": antenna})))
