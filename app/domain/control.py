"""The control lease: who may command the vehicle; a value and its pure rules, any thread."""

from dataclasses import dataclass, replace

from app.errors import Conflict

LEASE_S = 60.0  # without a command or a renewal
FREE = ""


@dataclass(frozen=True, slots=True)
class Control:
    """Who has control, until when (s since 1970); ``asked_by`` would like to have it."""

    holder: str = FREE
    until_s: float = 0.0
    asked_by: str = ""
    how: str = ""  # in words: how it came to the holder

    def held_at(self, now_s: float) -> str:
        """The holder; empty when the lease ran out."""
        return self.holder if now_s < self.until_s else FREE

    def commanded(self, actor: str, now_s: float) -> "Control":
        """After a command by ``actor``, who gets a control that nobody has. Raises ``Conflict`` when another has it."""
        held = self.held_at(now_s)
        if held not in {FREE, actor}:
            raise Conflict(
                f"{held} has control of the vehicle for another {self.until_s - now_s:.0f} s. Ask for it, or take it "
                f"over (both are recorded and shown to {held})."
            )
        asked_by = "" if self.asked_by == actor else self.asked_by
        how = self.how if held else "took the control that nobody had"
        return Control(actor, now_s + LEASE_S, asked_by, how)

    def taken(self, actor: str, now_s: float) -> "Control":
        """After ``actor`` has taken it over from whoever had it."""
        held = self.held_at(now_s)
        how = f"took over from {held}" if held not in {FREE, actor} else "took the control that nobody had"
        return Control(actor, now_s + LEASE_S, "", self.how if held == actor else how)

    def asked(self, actor: str, now_s: float) -> "Control":
        """After ``actor`` has asked for it: given at once when nobody has it."""
        if self.held_at(now_s) in {FREE, actor}:
            return self.commanded(actor, now_s)
        return replace(self, asked_by=actor)

    def given(self, actor: str, now_s: float) -> "Control":
        """After the holder has given it to whoever asked. Raises ``Conflict`` when there is nothing to give."""
        if self.held_at(now_s) != actor:
            raise Conflict("You do not have control, so you cannot give it.")
        if not self.asked_by:
            raise Conflict("Nobody has asked for control: let it go instead.")
        return Control(self.asked_by, now_s + LEASE_S, "", f"was given it by {actor}")

    def let_go(self, actor: str, now_s: float) -> "Control":
        """After the holder has let it go. Raises ``Conflict`` when another has it."""
        held = self.held_at(now_s)
        if held not in {FREE, actor}:
            raise Conflict(f"{held} has control; only {held} can let it go, others can take it over.")
        return Control()
