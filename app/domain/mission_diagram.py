"""The mission's states as a picture in words (Mermaid), made from the one table of transitions; pure, any thread."""

from app.domain.mission import ALLOWED, MissionState

_S = MissionState
WHEN: dict[tuple[MissionState, MissionState], str] = {
    (_S.IDLE, _S.SEARCHING): "the operator starts a search, preflight passes",
    (_S.SEARCHING, _S.DETECTING): "SNR above the trigger for the debounce, or a burst confirmed",
    (_S.DETECTING, _S.HOMING): "homing is activated, the locator gives advice, the gate is open",
    (_S.DETECTING, _S.SEARCHING): "signal lost, or another target selected",
    (_S.HOMING, _S.SEARCHING): "signal lost, homing disabled, or another target selected",
    (_S.HOMING, _S.HOLDING): "over the beacon within the goal radius",
    (_S.HOLDING, _S.HOMING): "the estimate moves away",
    (_S.HOLDING, _S.SEARCHING): "the operator continues, homing disabled, or another target selected",
    (_S.EMERGENCY, _S.IDLE): "the operator resets with a reason, the vehicle has stopped",
}
TO_IDLE = "stopped, taken out of GUIDED, link lost, gate closed, time-out, or pattern flown to its end"
TO_EMERGENCY = "emergency stop"


def when(before: MissionState, after: MissionState) -> str:
    """What leads from one state to the other, in words. Raises ``KeyError`` for a step the table does not have."""
    if after not in ALLOWED[before]:
        raise KeyError((before, after))
    if after is MissionState.EMERGENCY:
        return TO_EMERGENCY
    return WHEN.get((before, after)) or {MissionState.IDLE: TO_IDLE}[after]


def mission_diagram() -> str:
    """``docs/mission.md``: the states and every step between them."""
    steps = [(before, after) for before in MissionState for after in MissionState if after in ALLOWED[before]]
    drawn = [f"    {before} --> {after}: {when(before, after)}" for before, after in steps]
    lines = [
        "# Mission states",
        "",
        "Made by `kestrel states --to docs/mission.md` from the table in `app/domain/mission.py`; a test compares.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> IDLE: the program starts, homing off",
        *drawn,
        "```",
        "",
        "Forced by an operator, with a reason and recorded as forced: from SEARCHING, DETECTING, HOMING or HOLDING",
        "to any other of them, or to IDLE. Nothing is forced out of IDLE or EMERGENCY, and the safety gate judges",
        "every motion after it.",
        "",
    ]
    return "\n".join(lines)
