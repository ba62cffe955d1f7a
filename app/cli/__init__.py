"""The verbs of the command line, one file a family; the main thread."""

import typer

from app.cli import (
    bench,
    calibrate,
    decode406,
    demo,
    detect,
    doctor,
    gui,
    insights,
    jobs,
    keys,
    listen,
    locate,
    plan,
    profiles,
    record,
    recordings,
    replay,
    serve,
    sim,
    states,
    stations,
    store,
    transfer,
    users,
)

commands = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Find radio beacons with a drone.")
for family in (
    gui,
    serve,
    demo,
    sim,
    detect,
    listen,
    locate,
    store,
    plan,
    states,
    stations,
    transfer,
    decode406,
    record,
    replay,
    recordings,
    jobs,
    insights,
    profiles,
    keys,
    calibrate,
    users,
    doctor,
    bench,
):
    family.add_to(commands)


@commands.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Find radio beacons with a drone. Without a verb the window opens."""
    if context.invoked_subcommand is None:
        gui.gui()
