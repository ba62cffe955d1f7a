"""Missions, geofences, rally points and parameters of the vehicle: read, written, compared with files; any thread."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from app.exchange.parameters import Difference, Loaded, ParameterForm, differences, load, parameters_of, to_file
from app.exchange.plans import PlanForm, kinds_in, plan_of, to_text
from app.vehicle.missions import MissionItem, PlanKind, words
from app.vehicle.parameters import Parameter, change, read, read_all
from app.vehicle.plan import read_list, read_plan, write_list, write_plan
from app.vehicle.progress import Progress, watched
from app.vehicle.talk import Peer, Talk
from app.workers.link import LinkWorker

PLAN, PARAMETERS = "plan", "parameters"  # one transfer of each at a time
ResultT = TypeVar("ResultT")


class TransferService:
    """What is asked comes back in a future, as soon as the vehicle has confirmed it or the reason is known why not.

    The futures raise ``VehicleRefused``, ``DeviceError``, ``NotConnected``, and ``Conflict`` while another transfer
    runs. Missions are without home, which ArduPilot keeps as item 0.
    """

    def __init__(self, worker: LinkWorker) -> None:
        self._worker = worker
        self._progress: dict[str, Progress] = {}  # of each that runs; written by the link's thread alone

    def progress(self) -> tuple[Progress, ...]:
        """How far the transfers that run have got."""
        return tuple(self._progress.values())

    def read(self, kind: PlanKind) -> "Future[tuple[MissionItem, ...]]":
        """One of the vehicle's lists."""
        return self._transfer(lambda peer: read_list(peer, kind), PLAN)

    def write(self, kind: PlanKind, items: Sequence[MissionItem], actor: str) -> "Future[str]":
        """Replace one of the vehicle's lists; none at all clears it. Answers with what was done, in words."""

        def talk(peer: Peer) -> Talk[str]:
            return write_list(items, peer, kind)

        return self._transfer(talk, PLAN, f"upload {words(kind)}", f"{len(items)} items", actor)

    def plan_file(self, form: PlanForm) -> "Future[str]":
        """What the vehicle has, as a file; ``waypoints`` holds the mission alone."""

        def talk(peer: Peer) -> Talk[str]:
            return to_text((yield from read_plan(peer)), form)

        return self._transfer(talk, PLAN)

    def load_plan(self, text: str, actor: str) -> "Future[str]":
        """Give the vehicle what a .plan or .waypoints file says. Raises ``BadFile`` with the field and the line.

        A .plan replaces mission, fence and rally points, a .waypoints file the mission alone.
        """
        plan, kinds = plan_of(text), kinds_in(text)

        def talk(peer: Peer) -> Talk[str]:
            return write_plan(plan, peer, kinds)

        return self._transfer(talk, PLAN, "upload plan", f"{len(plan.items)} items", actor)

    def parameters(self) -> "Future[dict[str, Parameter]]":
        """Every parameter of the vehicle by name, as it has them now."""
        return self._transfer(read_all, PARAMETERS)

    def parameter(self, name: str) -> "Future[Parameter]":
        """One of them. Its future raises ``NotFound`` too."""
        return self._worker.converse(lambda peer: read(peer, _name(name)), f"parameter {_name(name)}")

    def set_parameter(self, name: str, value: float, actor: str) -> "Future[Parameter]":
        """Set one; done when the vehicle says the new value. Its future raises ``NotFound`` and ``OutOfRange`` too."""
        slot = f"parameter {_name(name)}"
        return self._worker.converse(
            lambda peer: change(peer, _name(name), value), slot, "set", f"{name} {value:g}", actor
        )

    def parameter_file(self, form: ParameterForm) -> "Future[str]":
        """All of them as a file."""

        def talk(peer: Peer) -> Talk[str]:
            held = yield from read_all(peer)
            return to_file(held.values(), form, peer.system, peer.component)

        return self._transfer(talk, PARAMETERS)

    def compare(self, text: str) -> "Future[tuple[Difference, ...]]":
        """A parameter file beside the vehicle. Raises ``BadFile`` with the line and the field."""
        wanted = parameters_of(text)

        def talk(peer: Peer) -> Talk[tuple[Difference, ...]]:
            return differences(wanted, (yield from read_all(peer)))

        return self._transfer(talk, PARAMETERS)

    def load_parameters(self, text: str, actor: str) -> "Future[Loaded]":
        """Set what a parameter file says otherwise than the vehicle. Raises ``BadFile`` with the line and the field."""
        wanted = parameters_of(text)
        return self._transfer(
            lambda peer: load(wanted, peer), PARAMETERS, "load parameters", f"{len(wanted)} in the file", actor
        )

    def _transfer(
        self,
        talk: Callable[[Peer], Talk[ResultT]],
        slot: str,
        verb: str = "",
        arguments: str = "",
        actor: str = "",
    ) -> "Future[ResultT]":
        def tell(progress: Progress | None) -> None:
            left = {name: one for name, one in self._progress.items() if name != slot}
            self._progress = left if progress is None else {**left, slot: progress}

        return self._worker.converse(lambda peer: watched(talk(peer), slot, tell), slot, verb, arguments, actor)


def _name(name: str) -> str:
    return name.strip().upper()
