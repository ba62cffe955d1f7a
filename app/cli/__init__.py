"""The verbs of the command line, one file a family; the main thread."""

import typer

from app.cli import demo, doctor, gui, serve, sim, store

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Find radio beacons with a drone."
)
for family in (gui, serve, demo, sim, store, doctor):
    family.add_to(commands)
