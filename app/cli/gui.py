"""``kestrel gui``: the window on the station; the main thread."""

import importlib
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from app import main
from app.cli.demo import KindOption, SeedOption, SpeedOption, demo, demo_settings
from app.cli.options import (
    DataOption,
    HostOption,
    PortOption,
    ProfileOption,
    RadioOption,
    SettingsOption,
    VehicleOption,
    settings_from,
)
from app.demo import Demo
from app.domain.fault import Fault
from app.domain.radio import BeaconKind
from app.errors import AppError
from app.services.station import Station
from app.world import start_world


def add_to(commands: typer.Typer) -> None:
    commands.command()(gui)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def gui(
    with_demo: Annotated[bool, typer.Option("--demo", help="On the built-in simulator, with a whole search")] = False,
    radio: RadioOption = None,
    profile: ProfileOption = None,
    vehicle: VehicleOption = None,
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    settings: SettingsOption = None,
    seed: SeedOption = 1,
    speed: SpeedOption = 1.0,
    kind: KindOption = BeaconKind.CARRIER,
    screenshot: Annotated[
        Path | None, typer.Option(help="Write the whole window to this PNG and end", show_default=False)
    ] = None,
    after: Annotated[float | None, typer.Option(help="Seconds until the screenshot", show_default=False)] = None,
) -> None:
    """Open the window (the default verb)."""
    if not has_display():
        sys.stderr.write("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): no window.\n")
        if not with_demo:
            raise typer.Exit(1)
        sys.stderr.write("The same search runs headless; open the address below in a browser to watch it.\n")
        demo(seed=seed, speed=speed, kind=kind, stay=True, port=port, data=data, settings=settings)
        return
    with ExitStack() as undo:
        if with_demo:
            world = start_world(seed, speed, kind, undo)
            tree = demo_settings(world, speed, settings, data, api__host=host, api__port=port)
            station = main.start(tree, undo)
            on_ready = _operator(Demo(station, world), undo)
        else:
            given = {"api__host": host, "api__port": port, "store__directory": data}
            tree = settings_from(settings, profile, radio__source=radio, vehicle__link=vehicle, **given)
            station = main.start(tree, undo)
            on_ready = None
        _serve(station, undo)
        # The window is the one room found by name: the program without it must run where Qt cannot be loaded.
        face = importlib.import_module("widgets.face")
        code: int = face.run(station, screenshot=screenshot, after_s=after, on_ready=on_ready)
    raise typer.Exit(code)


def _serve(station: Station, undo: ExitStack) -> None:
    """Serve the API beside the window; a window whose port is taken goes on without, and says so."""
    try:
        main.serve(station, undo)
    except AppError as error:
        station.bus.fault.publish(Fault(station.clock.now_s(), "api", f"{error} The window goes on without the API."))


def _operator(search: Demo, undo: ExitStack) -> Callable[[], None]:
    """What starts the demo's operator in a thread of its own; ``undo`` ends it."""
    thread = threading.Thread(target=search.fly, name="demo")

    def end() -> None:
        search.end()
        if thread.ident is not None:
            thread.join()

    undo.callback(end)
    return thread.start
