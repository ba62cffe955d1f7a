"""What figures, anomalies and correlations come to in words, each with what it rests on; pure, any thread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.insights.anomalies import Anomaly
from app.insights.correlation import Correlation
from app.insights.goals import LEVELS, MAP, RADIO, VEHICLE, Figure

SURE = 0.05  # corrected p-value
STRONG = 0.3  # a weaker correlation explains less than a tenth


class Weight(StrEnum):
    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: a figure, or a stretch of a series (``start_s`` to ``end_s``)."""

    what: str
    value: float | None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """``recommendation`` is empty where there is nothing to do; ``panel`` of the window shows the evidence."""

    weight: Weight
    text: str
    recommendation: str
    evidence: tuple[Evidence, ...]
    panel: str


# what to do about a figure that misses its goal
ADVICE = {
    "time_to_find_s": "Begin homing as soon as a detection holds, or search first where it is likely.",
    "coverage": "Fly tracks closer together, or an area no larger than the time allows.",
    "pod": "Fly tracks closer together, or over the area once more across.",
    "final_radius_90_m": "Home longer, and pass the beacon on two sides: readings from one line leave a side open.",
    "final_error_m": "Look at the readings near the end: reflections, or a wrong antenna pattern in the settings.",
    "homing_path_ratio": "Check the antenna's pattern and the shadowing (locate.sigma_db); reprocess with others.",
    "link_lost_s": "Raise the ground antenna, fly lower power out of shadow, or add a second link (vehicle.links).",
    "link_lost_share": "Raise the ground antenna, or add a second link (vehicle.links).",
    "lost_samples": "Lower the sample rate, use another USB port or cable, or close other programs.",
    "overload_share": "Lower the gain: readings taken overloaded are not used.",
    "false_alarms_per_h": "Raise mission.trigger_db or mission.debounce_s, or look for what else is on the frequency.",
    "gate_closures": "Look at the rule that closed it most often before the next flight.",
}
# pairs of series whose correlation says something to the operator
MEANINGS = {
    frozenset({"noise_dbfs", "speed_mps"}): (
        "the noise floor goes with the vehicle's speed: its motors are heard",
        "Move the antenna away from the motors.",
        RADIO,
    ),
    frozenset({"noise_dbfs", "pitch_deg"}): (
        "the noise floor goes with the vehicle's pitch: its motors are heard",
        "Move the antenna away from the motors.",
        RADIO,
    ),
    frozenset({"power_db", "roll_deg"}): (
        "the level goes with the vehicle's roll: the antenna's pattern shows",
        "Fly slower turns, or set the pattern.",
        LEVELS,
    ),
    frozenset({"power_db", "pitch_deg"}): (
        "the level goes with the vehicle's pitch: the antenna's pattern shows",
        "Fly slower, or set the pattern.",
        LEVELS,
    ),
    frozenset({"distance_m", "power_db"}): ("the level falls with the distance, as it should", "", LEVELS),
}
SEEN_IN = {"radius_90_m": MAP, "height_m": VEHICLE, "speed_mps": VEHICLE, "noise_dbfs": RADIO}


def findings(figures: Sequence[Figure], odd: Sequence[Anomaly], paired: Sequence[Correlation]) -> list[Finding]:
    """The bad ones first."""
    order = list(Weight)[::-1]
    found = [*_goals(figures), *_paired(paired), *_odd(odd)]
    return sorted(found, key=lambda one: order.index(one.weight))


def _goals(figures: Sequence[Figure]) -> Iterator[Finding]:
    for one in figures:
        if one.ok is None or one.value is None or one.goal is None:
            continue
        weight = Weight.GOOD if one.ok else Weight.BAD
        should = f"{one.goal.sense} {one.goal.value:g} {one.unit}".rstrip()
        text = f"{one.title}: {one.value:.4g} {one.unit}".rstrip() + f", goal {should} ({one.why})"
        yield Finding(
            weight, text, "" if one.ok else ADVICE.get(one.name, ""), (Evidence(one.name, one.value),), one.panel
        )


def _paired(paired: Sequence[Correlation]) -> Iterator[Finding]:
    for one in paired:
        meaning = MEANINGS.get(frozenset({one.first, one.second}))
        if meaning is None or one.spearman_p > SURE or abs(one.spearman) < STRONG:
            continue
        text, advice, panel = meaning
        falls = {one.first, one.second} == {"distance_m", "power_db"}
        if falls and one.spearman > 0.0:
            text, advice = (
                "the level grows with the distance",
                "What was heard may not be the beacon, or its place is wrong.",
            )
        basis = (
            f"Spearman {one.spearman:+.2f}, p {one.spearman_p:.2g} corrected, {one.effective:.0f} independent samples"
        )
        weight = Weight.GOOD if falls and one.spearman < 0.0 else Weight.NOTE
        evidence = (Evidence(f"{one.first} and {one.second}", one.spearman),)
        yield Finding(weight, f"{text[0].upper()}{text[1:]} ({basis})", advice, evidence, panel)


def _odd(odd: Sequence[Anomaly]) -> Iterator[Finding]:
    for name in dict.fromkeys(one.series for one in odd):
        mine = [one for one in odd if one.series == name]
        worst = max(mine, key=lambda one: abs(one.score))
        text = f"{name} stood out {len(mine)} times, at most {worst.value:.4g} where {worst.usual:.4g} was usual"
        evidence = tuple(Evidence(one.series, one.value, one.start_s, one.end_s) for one in mine[:5])
        yield Finding(
            Weight.NOTE, text, "Look at those times in the flight's replay.", evidence, SEEN_IN.get(name, LEVELS)
        )
