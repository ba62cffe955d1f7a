"""``kestrel sim``: the simulated world alone, a process of its own; the main thread."""

import sys
from typing import Annotated

import typer

from app.cli.options import JsonOption
from app.domain.radio import BeaconKind
from app.exchange.antennas import antenna_named
from hardware.sim import control
from hardware.sim.config import SimConfig
from hardware.sim.process import run


def add_to(commands: typer.Typer) -> None:
    commands.command()(sim)


def sim(
    seed: Annotated[int, typer.Option(help="The same seed is the same world")] = 1,
    speed: Annotated[float, typer.Option(min=0.1, max=50.0, help="How much faster than true time")] = 1.0,
    kind: Annotated[BeaconKind, typer.Option(help="What the beacon sends")] = BeaconKind.CARRIER,
    frequency_hz: Annotated[float, typer.Option(help="Its frequency, Hz")] = 433.92e6,
    period_s: Annotated[float, typer.Option(help="Period of pulses or bursts, s; 0: usual for the kind")] = 0.0,
    sigma_db: Annotated[float, typer.Option(help="Standard deviation of shadowing, dB")] = 4.0,
    wind_mps: Annotated[float, typer.Option(help="Wind, m/s")] = 3.0,
    antenna: Annotated[str, typer.Option(help="omni, dipole, yagi2, yagi3 or a file: CSV, .msi, .ant")] = "omni",
    antenna_heading: Annotated[float, typer.Option(help="Of its boresight, clockwise from the nose, degrees")] = 0.0,
    autopilot: Annotated[str, typer.Option(help="ardupilot or px4: whose manners the vehicle has")] = "ardupilot",
    mavlink_port: Annotated[int, typer.Option(help="TCP port of the vehicle; 0: any free one")] = 0,
    mavlink_udp: Annotated[str, typer.Option(help="host:port to send MAVLink to as well")] = "",
    rtl_port: Annotated[int, typer.Option(help="Port of the rtl_tcp server; 0: any free one")] = 0,
    packet_loss: Annotated[float, typer.Option(min=0.0, max=0.99, help="Share of MAVLink frames lost, each way")] = 0.0,
    latency_s: Annotated[float, typer.Option(min=0.0, help="Delay of MAVLink frames each way, s")] = 0.0,
    baud: Annotated[int, typer.Option(help="Of the radio to the vehicle, such as 57600; 0: without limit")] = 0,
    signing_key: Annotated[
        str, typer.Option(envvar="KESTREL_SIM_SIGNING_KEY", help="Obey only messages signed with it (MAVLink 2)")
    ] = "",
    orders: Annotated[bool, typer.Option("--orders", help="Print the orders it takes at run time, and end")] = False,
    as_json: JsonOption = False,
) -> None:
    """A simulated vehicle, receiver and beacon on their real protocols; one JSON line tells where. Ends on Ctrl-C.

    Misbehaviour is switched on by JSON lines on standard input, for example {"do": "pilot_mode", "mode": "LOITER"};
    --orders lists them all.
    """
    del as_json  # the one line is always JSON
    if orders:
        sys.stdout.write(control.__doc__ or "")
        return
    run(
        SimConfig(
            seed=seed,
            speed=speed,
            kind=kind,
            frequency_hz=frequency_hz,
            period_s=period_s,
            sigma_db=sigma_db,
            wind_mps=wind_mps,
            antenna=antenna_named(antenna, antenna_heading),
            autopilot=autopilot,
            mavlink_port=mavlink_port,
            mavlink_udp=mavlink_udp,
            rtl_port=rtl_port,
            packet_loss=packet_loss,
            latency_s=latency_s,
            baud=baud,
            signing_key=signing_key,
        )
    )
