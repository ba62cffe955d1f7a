"""Figures of transfers over a slow radio: all parameters with their holes; the caller's thread."""

import time
from contextlib import ExitStack

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app import main
from app.bench.figures import Figure
from app.domain.radio import BeaconKind
from app.errors import DeviceError
from app.settings import load
from app.vehicle.frames import FrameWriter
from app.vehicle.parameters import Parameter
from app.world import start_world

BAUD, BITS_OF_A_BYTE = 57_600, 10
LOSS_PERCENT = 5.0
MOST_WIRE_TIMES = 1.5
PATIENCE_S = 120.0


def parameters(times: int) -> list[Figure]:
    """All of the simulated vehicle's parameters by a radio of ``BAUD``, beside the telemetry the station asks for."""
    with ExitStack() as undo:
        world = start_world(1, 1.0, BeaconKind.CARRIER, undo, "--baud", str(BAUD))
        link = main.start_link(load(None, {"vehicle": {"link": world.vehicle}}), undo)
        if not link.heard.wait(PATIENCE_S):
            raise DeviceError("The bench did not hear the simulated vehicle")
        link.transfers.parameters().result(PATIENCE_S)  # streams are asked for meanwhile, and nothing is lost yet
        world.simulation.order(do="packet_loss", percent=LOSS_PERCENT)
        took_s, wire_s, count = [], 0.0, 0
        for _ in range(times):
            begun_s = time.monotonic()
            found = link.transfers.parameters().result(PATIENCE_S)
            took_s.append(time.monotonic() - begun_s)
            wire_s, count = _wire_s(found), len(found)
    share = max(took_s) / wire_s
    name = f"{count} parameters at {BAUD} baud, {LOSS_PERCENT:g} % lost, to their time on the wire"
    return [
        Figure(f"{name}, worst of {times}", share, "", f"<= {MOST_WIRE_TIMES}", share <= MOST_WIRE_TIMES),
        Figure("the same, median", float(np.median(took_s)), "s", peer="on the wire", peer_value=wire_s),
    ]


def _wire_s(found: dict[str, Parameter]) -> float:
    """How long the answers alone take on the line."""
    writer = FrameWriter(1, 1)
    answers = (
        mavlink.MAVLink_param_value_message(one.name.encode(), one.value, one.kind, one.count, one.index)
        for one in found.values()
    )
    size = sum(len(writer.pack(one)) for one in answers)
    return size * BITS_OF_A_BYTE / BAUD
