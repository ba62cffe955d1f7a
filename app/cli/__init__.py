"""The verbs of the command line, one file a family; the main thread."""

import typer

from app.cli import doctor, sim, store

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Find radio beacons with a drone."
)
for family in (sim, store, doctor):
    family.add_to(commands)
