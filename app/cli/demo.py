"""``kestrel demo``: simulator, station and a whole search; the main thread."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from app import main
from app.cli.options import DataOption, JsonOption, PortOption, SettingsOption, say, settings_from
from app.cli.serve import address, end_of_program, wait
from app.demo import Demo, DemoResult
from app.domain.radio import BeaconKind
from app.settings import Settings
from app.world import World, start_world

SeedOption = Annotated[int, typer.Option(help="Where the beacon lies, and all noise; the same seed is the same world")]
SpeedOption = Annotated[float, typer.Option(min=0.1, max=50.0, help="How much faster than true time")]
KindOption = Annotated[BeaconKind, typer.Option(help="What the beacon sends")]

AutopilotOption = Annotated[str, typer.Option(help="ardupilot or px4: whose manners the simulated vehicle has")]


def add_to(commands: typer.Typer) -> None:
    commands.command()(demo)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without a window (this verb never opens one)")] = False,
    seed: SeedOption = 1,
    speed: SpeedOption = 1.0,
    kind: KindOption = BeaconKind.CARRIER,
    autopilot: AutopilotOption = "ardupilot",
    stay: Annotated[bool, typer.Option("--stay", help="Go on serving after the beacon was found")] = False,
    port: PortOption = 0,
    data: DataOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fly a whole search on the simulator, headless; exit code 0 only when the beacon was found."""
    del headless
    ended = end_of_program()
    with ExitStack() as undo:
        world = start_world(seed, speed, kind, undo, "--autopilot", autopilot)
        tree = demo_settings(world, speed, settings, data, api__port=port)
        station = main.start(tree, undo)
        server = main.serve(station, undo)
        sys.stderr.write(address(server.sign_in_url) + "\n")
        search = Demo(station, world)
        result = search.fly()
        say(result, as_json, words)
        if stay:
            wait(ended, station)
    if not result.found:
        raise typer.Exit(1)


def demo_settings(world: World, speed: float, file: Path | None, data: Path | None, **more: Any) -> Settings:
    """The user's settings with the simulator in place of the hardware.

    Without ``data`` the flights go into a folder of their own: a search for life never shares a store with a demo.
    """
    return settings_from(
        file,
        store__directory=data or settings_from(file).store.directory / "simulator",
        speed=speed,
        radio__source=world.radio,
        radio__simulated=True,
        vehicle__link=world.vehicle,
        target__name=world.target.name,
        target__kind=world.target.kind.value,
        target__frequency_hz=world.target.frequency_hz,
        target__period_s=world.target.period_s,
        target__pulse_s=world.target.pulse_s,
        **more,
    )


def words(result: DemoResult) -> str:
    """The result for a person."""
    lines = ["SIMULATION", "Beacon found" if result.found else "Beacon not found", f"  {result.reason}"]
    if result.estimate and result.error_m is not None:
        lines.append(f"  estimate {result.estimate.lat_deg:.6f}, {result.estimate.lon_deg:.6f}")
        lines.append(f"  error {result.error_m:.1f} m, 90 % radius {result.radius_90_m:.1f} m")
    if result.time_to_find_s is not None:
        lines.append(f"  found after {result.time_to_find_s:.0f} s")
    lines.append(f"  lost samples {result.lost_samples} of {result.samples}; stored in {result.stored_in}")
    return "\n".join(lines)
