"""Orders to a vehicle: arm, take off, change mode, stop; conversations without socket or clock; pure."""

import math

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import AppError, DeviceError, NotFound, VehicleRefused
from app.vehicle.frames import Message
from app.vehicle.modes import ModeTable
from app.vehicle.talk import LISTEN, PASS, TRIES, Command, Peer, Talk, Wait, command, refuse, spoken

CONFIRM_SILENCES = 3  # after the acknowledgement, until the heartbeat must show the mode
STREAM_SILENCES = 2  # PX4 wants its targets for more than a second before OFFBOARD
IN_AIR = {mavlink.MAV_LANDED_STATE_IN_AIR, mavlink.MAV_LANDED_STATE_TAKEOFF}


def arm(peer: Peer, wanted: bool) -> Talk[None]:
    """Arm or disarm; done when the heartbeat shows it. A refusal carries the vehicle's "Arm: …" or "PreArm: …"."""
    order = Command(mavlink.MAV_CMD_COMPONENT_ARM_DISARM, "arm" if wanted else "disarm", (float(wanted),))
    yield from command(order, peer)
    heard, quiet = (yield LISTEN), 0
    while True:
        if heard is None:
            quiet += 1
            if quiet >= CONFIRM_SILENCES:
                raise DeviceError(f"The vehicle acknowledged but its heartbeat does not show it: {order.name}")
            heard = yield LISTEN
        elif heard.get_type() == "HEARTBEAT" and bool(heard.base_mode & mavlink.MAV_MODE_FLAG_SAFETY_ARMED) is wanted:
            return
        else:
            heard = yield PASS


def takeoff(peer: Peer, height_m: float, home_m: float = 0.0) -> Talk[None]:
    """Rise to ``height_m`` above home. A repetition refused because it already flies is an acceptance.

    PX4 is told the altitude above mean sea level, for which it needs home's, ``home_m``, and no place: where it is.
    """
    place = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, height_m)
    if peer.autopilot == "PX4":
        place = (math.nan, 0.0, 0.0, math.nan, math.nan, math.nan, home_m + height_m)
    order = Command(mavlink.MAV_CMD_NAV_TAKEOFF, "take off", place)
    talk = command(order, peer)
    said = next(talk)
    sent, flying = 0, False
    while True:
        sent += not isinstance(said, Wait)
        heard = yield said
        if heard is not None and heard.get_type() == "EXTENDED_SYS_STATE":
            flying = heard.landed_state in IN_AIR
        if heard is not None and sent > 1 and flying and order.is_answer(heard, peer):
            talk.close()
            return
        try:
            said = talk.send(heard)
        except StopIteration:
            return


def speed(peer: Peer, speed_mps: float) -> Talk[None]:
    """Set the ground speed at which position targets are flown to."""
    order = Command(mavlink.MAV_CMD_DO_CHANGE_SPEED, f"fly at {speed_mps:.1f} m/s", (1.0, speed_mps, -1.0))
    yield from command(order, peer)


def change_mode(peer: Peer, table: ModeTable, mode: str, before: str, tries: int = TRIES) -> Talk[None]:
    """Ask for a mode until the heartbeat shows it; the acknowledgement alone does not make it true.

    A guided mode that needs a stream of targets is asked for once they have come for ``STREAM_SILENCES``.

    ``before`` is the mode the vehicle is in. It is not asked again once the vehicle has acknowledged or has gone to a
    third mode: then the pilot or a failsafe has decided, and pulling it back would be wrong. Raises ``NotFound`` for a
    mode the vehicle has not, ``VehicleRefused`` and ``DeviceError``.
    """
    order = _mode_order(table, mode)
    if table.streams and mode == table.guided:
        yield from _while_streaming(table, mode, before)
    heard = yield order.message(peer, 0)
    sent, quiet, acknowledged, words = 1, 0, False, ""
    while True:
        if heard is None:
            quiet += 1
            if quiet >= (CONFIRM_SILENCES if acknowledged else tries):
                raise DeviceError(f"The vehicle did not {_missing(acknowledged)}: mode {mode}. Check the link.")
            heard = yield LISTEN if acknowledged else order.message(peer, sent)
            sent += not acknowledged
        elif heard.get_type() == "HEARTBEAT":
            now = table.name(heard.custom_mode)
            if now == mode:
                return
            _check_same(table, now, before, mode)
            heard = yield PASS
        elif order.is_answer(heard, peer):
            if heard.result not in {mavlink.MAV_RESULT_ACCEPTED, mavlink.MAV_RESULT_IN_PROGRESS}:
                yield from refuse(order.name, heard.result, words)
            acknowledged, quiet = True, 0
            heard = yield LISTEN
        else:
            words = spoken(heard) or words
            heard = yield PASS


def insist(peer: Peer, table: ModeTable, modes: tuple[str, ...], before: str, tries: int) -> Talk[str]:
    """Ask for the first of ``modes`` that is not refused, silence after silence, until the heartbeat shows it.

    For stopping, landing and returning: repeated even after an acknowledgement, because only the mode in the heartbeat
    counts. Returns the mode. Ends with ``VehicleRefused`` when the vehicle refused all, or has gone to a third mode
    by itself or by its pilot, and with ``DeviceError`` after ``tries`` silences.
    """
    refusal: AppError = NotFound("This vehicle has no mode that does it")
    sent = answered = 0
    for mode in modes:
        order = _mode_order(table, mode)
        stale = sent - answered  # answers to the mode asked before may still be on their way
        heard: Message | None = None
        while True:
            if heard is None:
                if sent >= tries:
                    raise DeviceError(f"The vehicle did not confirm: mode {mode}. Take it over by hand.")
                heard = yield order.message(peer, sent)
                sent += 1
            elif heard.get_type() == "HEARTBEAT":
                now = table.name(heard.custom_mode)
                if now in modes:
                    return now
                _check_same(table, now, before, mode)
                heard = yield PASS
            elif order.is_answer(heard, peer):
                answered += 1
                stale -= 1
                if stale < 0 and heard.result not in _GOOD:
                    refusal = VehicleRefused(f"The vehicle refused: {order.name}")
                    break
                heard = yield PASS
            else:
                heard = yield PASS
    raise refusal


def _while_streaming(table: ModeTable, mode: str, before: str) -> Talk[None]:
    """Wait while the targets that must be there before are sent; the pilot may choose another mode meanwhile."""
    for _ in range(STREAM_SILENCES):
        heard = yield LISTEN
        while heard is not None:
            if heard.get_type() == "HEARTBEAT":
                _check_same(table, table.name(heard.custom_mode), before, mode)
            heard = yield PASS


_GOOD = {mavlink.MAV_RESULT_ACCEPTED, mavlink.MAV_RESULT_IN_PROGRESS}


def _mode_order(table: ModeTable, mode: str) -> Command:
    number = table.number(mode)
    custom = float(mavlink.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED)
    parts = (number >> 16 & 0xFF, number >> 24 & 0xFF) if table.autopilot == "PX4" else (number,)
    return Command(mavlink.MAV_CMD_DO_SET_MODE, f"mode {mode}", (custom, *map(float, parts)))


def _check_same(table: ModeTable, now: str, before: str, wanted: str) -> None:
    if now not in {before, table.ends.get(before)}:
        raise VehicleRefused(f"The vehicle went to {now} by itself or by its pilot; {wanted} was not asked for again")


def _missing(acknowledged: bool) -> str:
    return "carry it out" if acknowledged else "answer"
