"""Orders to the simulation itself, to make it misbehave; the world's thread.

One JSON object a line on the process's stdin; each is answered by one line on stdout, ``{"did": ..., "time_s": ...}``
or ``{"error": ...}``:

    {"do": "pilot_mode", "mode": "LOITER"}      the pilot changes the mode with the sticks
    {"do": "packet_loss", "percent": 20}        MAVLink frames lost, each way
    {"do": "latency", "seconds": 0.5}           MAVLink delay, each way, simulated seconds
    {"do": "silence", "seconds": 10}            the MAVLink link is dead for a while
    {"do": "corrupt", "percent": 20}            frames to the stations damaged or cut
    {"do": "replay", "percent": 20}             old frames sent once more
    {"do": "absurd", "on": true}                every other attitude and position cannot be: NaN, off the globe
    {"do": "gps_glitch", "metres": 40, "seconds": 10}
    {"do": "ekf_fail", "on": true}              false heals it
    {"do": "battery", "percent": 15}
    {"do": "wind", "mps": 8, "from_deg": 200}
    {"do": "transfers", "fault": "mute"}        missions and parameters: none, mute, sequence, count, reboot, stubborn
    {"do": "reboot"}                            in flight: as after a watchdog reset
    {"do": "beacon", "on": false}               every emitter falls silent, or sends again
    {"do": "receiver_drop"}                     the rtl_tcp connection breaks, as when a stick is unplugged
    {"do": "place", "lat_deg": .., "lon_deg": .., "height_m": .., "heading_deg": 0}    puts the vehicle there, holding
    {"do": "signing", "key": "secret"}          only messages signed with it are obeyed; empty: none is asked for
    {"do": "truth"}                             answers with where the vehicle truly is and what steers it
    {"do": "quit"}
"""

import json
import math
from collections.abc import Callable
from typing import Any

from app.domain.geometry import LatLon
from hardware.sim.world import TransferFault, World


class Quit(Exception):
    """The simulation was told to end."""


def obey(world: World, line: str) -> str:
    """Carry out one line; returns the answer as JSON. Raises ``Quit``."""
    try:
        order = json.loads(line)
        act = _ACTS[order["do"]]
        found = act(world, order)
    except (ValueError, KeyError, TypeError) as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}", "line": line.strip()[:200]})
    return json.dumps({"did": order["do"], "time_s": round(world.time_s, 3), **(found or {})})


def _pilot_mode(world: World, order: dict[str, Any]) -> None:
    numbers = {name: number for number, name in world.pilot.names.items()}
    world.pilot.set_mode(numbers[order["mode"]])


def _packet_loss(world: World, order: dict[str, Any]) -> None:
    world.packet_loss = min(1.0, max(0.0, float(order["percent"]) / 100.0))


def _corrupt(world: World, order: dict[str, Any]) -> None:
    world.corruption = min(1.0, max(0.0, float(order["percent"]) / 100.0))


def _replay(world: World, order: dict[str, Any]) -> None:
    world.replays = min(1.0, max(0.0, float(order["percent"]) / 100.0))


def _absurd(world: World, order: dict[str, Any]) -> None:
    world.absurd = bool(order.get("on", True))


def _latency(world: World, order: dict[str, Any]) -> None:
    world.latency_s = max(0.0, float(order["seconds"]))


def _silence(world: World, order: dict[str, Any]) -> None:
    world.silent_until_s = world.time_s + float(order["seconds"])


def _gps_glitch(world: World, order: dict[str, Any]) -> None:
    world.estimator.glitch(float(order.get("metres", 40.0)), float(order.get("seconds", 10.0)))


def _ekf_fail(world: World, order: dict[str, Any]) -> None:
    world.estimator.failed = bool(order.get("on", True))


def _battery(world: World, order: dict[str, Any]) -> None:
    world.battery.set_percent(float(order["percent"]))


def _wind(world: World, order: dict[str, Any]) -> None:
    world.wind.blow(float(order["mps"]), float(order.get("from_deg", 270.0)))


def _reboot(world: World, order: dict[str, Any]) -> None:
    del order
    world.reboot()


def _transfers(world: World, order: dict[str, Any]) -> None:
    world.transfer_fault = TransferFault(order["fault"])


def _beacon(world: World, order: dict[str, Any]) -> None:
    world.beacons_on = bool(order["on"])


def _receiver_drop(world: World, order: dict[str, Any]) -> None:
    del order
    world.receiver_drops += 1


def _place(world: World, order: dict[str, Any]) -> None:
    at = world.local(LatLon(float(order["lat_deg"]), float(order["lon_deg"])))
    world.place(at, float(order["height_m"]), math.radians(float(order.get("heading_deg", 0.0))))


def _signing(world: World, order: dict[str, Any]) -> None:
    world.signing_key = str(order["key"])


def _truth(world: World, order: dict[str, Any]) -> dict[str, Any]:
    del order
    at, body = world.globe(world.body.at), world.body
    return {
        "lat_deg": at.lat_deg,
        "lon_deg": at.lon_deg,
        "height_m": body.up_m,
        "heading_deg": math.degrees(body.heading_rad),
        "mode": world.pilot.names[world.pilot.mode_number],
        "armed": world.pilot.armed,
        "steered_s": world.steered_s,
        "steered_to": [world.steered_to.lat_deg, world.steered_to.lon_deg] if world.steered_to is not None else None,
    }


def _quit(world: World, order: dict[str, Any]) -> None:
    del world, order
    raise Quit


_ACTS: dict[str, Callable[[World, dict[str, Any]], dict[str, Any] | None]] = {
    "pilot_mode": _pilot_mode,
    "packet_loss": _packet_loss,
    "latency": _latency,
    "corrupt": _corrupt,
    "replay": _replay,
    "absurd": _absurd,
    "silence": _silence,
    "gps_glitch": _gps_glitch,
    "ekf_fail": _ekf_fail,
    "battery": _battery,
    "wind": _wind,
    "reboot": _reboot,
    "transfers": _transfers,
    "beacon": _beacon,
    "receiver_drop": _receiver_drop,
    "place": _place,
    "signing": _signing,
    "truth": _truth,
    "quit": _quit,
}
