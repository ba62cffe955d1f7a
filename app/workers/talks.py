"""The conversations under way, played against the vehicle and the clock; the link worker's thread."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from app.clock import Clock
from app.domain.safety import Motion
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import AppError, Conflict, DeviceError, Refused, VehicleRefused
from app.vehicle.frames import Frame, Message
from app.vehicle.streams import UNANSWERING
from app.vehicle.talk import LISTEN, Talk, Wait

MODE_SLOT = "mode"


@dataclass(frozen=True, slots=True)
class Order:
    """What a conversation is for. Only one of each ``slot`` runs; a later one takes its place.

    With ``motion`` the safety gate is asked before every message of it. Without a ``verb`` nothing is recorded. The
    answer is the record, or the conversation's own result without a verb or with ``own_result``.
    """

    slot: str
    verb: str = ""
    arguments: str = ""
    actor: str = "station"
    motion: Motion | None = None
    silence_s: float = 1.0
    own_result: bool = False


@dataclass(slots=True)
class _Running:
    order: Order
    talk: Talk[Any]
    answer: Future[Any]
    silent_at_s: float = 0.0
    settled: bool = False


class Talks:
    """Plays conversations; ``hear`` and ``tick`` move them on."""

    def __init__(
        self,
        clock: Clock,
        send: Callable[[Message], None],
        require: Callable[[Motion], None],
        publish: Callable[[CommandRecord], None],
    ) -> None:
        self._clock, self._send, self._require, self._publish = clock, send, require, publish
        self._running: dict[str, _Running] = {}

    def begin(self, order: Order, talk: Talk[Any], answer: "Future[Any] | None" = None) -> None:
        """Start a conversation; its end comes by ``answer``: a CommandRecord or the result, else the error."""
        answer = answer or Future()
        if not answer.set_running_or_notify_cancel():
            return  # whoever asked has gone
        self.end(order.slot, Conflict(f"Replaced by a later order: {order.verb or order.slot}"))
        running = _Running(order, talk, answer)
        self._tell(order, Outcome.ASKED, "")
        self._running[order.slot] = running
        self._advance(running, None)

    def deny(self, order: Order, error: AppError, answer: "Future[Any]") -> None:
        """Answer an order that does not even begin."""
        if answer.set_running_or_notify_cancel():
            self._tell(order, _outcome(error), str(error))
            answer.set_exception(error)

    def runs(self, slot: str) -> bool:
        return slot in self._running

    def end(self, slot: str, why: AppError) -> None:
        """End the conversation in this slot, if there is one."""
        running = self._running.get(slot)
        if running is not None:
            self._fail(running, why)

    def end_all(self, why: AppError) -> None:
        for slot in tuple(self._running):
            self.end(slot, why)

    def hear(self, frame: Frame) -> None:
        if self._running and frame.number not in UNANSWERING:
            for running in tuple(self._running.values()):
                self._advance(running, frame.message)

    def tick(self) -> None:
        """Tell conversations of their silences."""
        now_s = self._clock.now_s()
        for running in tuple(self._running.values()):
            if now_s >= running.silent_at_s and not running.settled:
                running.silent_at_s = now_s + running.order.silence_s
                self._advance(running, None)

    def _advance(self, running: _Running, heard: Message | None) -> None:
        if running.settled:
            return
        told = False
        try:
            self._say(running, running.talk.send(heard))
            told = True
        except StopIteration as end:
            told = True
            self._succeed(running, end.value)
        except AppError as error:
            told = True
            self._fail(running, error)
        finally:
            if not told:  # a bug in a conversation: whoever waits must hear of it too
                self._fail(running, DeviceError("Fault in the program; see the log"))

    def _say(self, running: _Running, said: "Message | tuple[Message, ...] | Wait") -> None:
        now_s = self._clock.now_s()
        if isinstance(said, Wait):
            if said is LISTEN:
                running.silent_at_s = now_s + running.order.silence_s
            return
        if running.order.motion is not None:
            self._require(running.order.motion)
        for message in said if isinstance(said, tuple) else (said,):
            self._send(message)
        running.silent_at_s = now_s + running.order.silence_s

    def _succeed(self, running: _Running, value: Any) -> None:
        self._settle(running)
        record = self._tell(running.order, Outcome.ACCEPTED, value if isinstance(value, str) else "")
        recorded = running.order.verb and not running.order.own_result
        running.answer.set_result(record if recorded else value)

    def _fail(self, running: _Running, error: AppError) -> None:
        self._settle(running)
        self._tell(running.order, _outcome(error), str(error))
        running.answer.set_exception(error)

    def _settle(self, running: _Running) -> None:
        running.settled = True
        running.talk.close()
        if self._running.get(running.order.slot) is running:
            del self._running[running.order.slot]

    def _tell(self, order: Order, outcome: Outcome, detail: str) -> CommandRecord:
        record = CommandRecord(self._clock.now_s(), order.actor, order.verb, order.arguments, outcome, detail)
        if order.verb:
            self._publish(record)
        return record


def _outcome(error: AppError) -> Outcome:
    return Outcome.REFUSED if isinstance(error, Refused | VehicleRefused) else Outcome.FAILED
