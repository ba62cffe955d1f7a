"""Figures beside what they should be, and what stands in for one that nothing gives; values, any thread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be: at most or at least ``value``."""

    sense: str  # "<=" or ">="
    value: float

    def met(self, figure: float) -> bool:
        return figure <= self.value if self.sense == "<=" else figure >= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None where nothing gives one; ``why`` says then what is missing, else what it rests on."""

    name: str
    title: str
    value: float | None
    unit: str
    goal: Goal | None
    why: str
    panel: str  # of the window, where what it rests on is seen

    @property
    def ok(self) -> bool | None:
        """Whether the goal is met; None without one or without a figure."""
        return None if self.goal is None or self.value is None else self.goal.met(self.value)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a figure is called and what it should be."""

    title: str
    unit: str
    panel: str
    goal: Goal | None = None


LEVELS, MAP, MISSION, VEHICLE, LOG, RADIO = (
    "Level", "Map", "Mission", "Vehicle", "Log", "Spectrum and waterfall"
)  # fmt: skip
KINDS: dict[str, Kind] = {
    "duration_s": Kind("Duration", "s", "Projects"),
    "path_length_m": Kind("Path flown", "m", MAP),
    "detection_range_m": Kind("Distance at which it was first heard", "m", LEVELS),
    "farthest_heard_m": Kind("Farthest place at which it was heard", "m", LEVELS),
    "time_to_detect_s": Kind("From the search's start to the detection", "s", MISSION),
    "time_to_find_s": Kind("From the search's start to the find", "s", MISSION, Goal("<=", 900.0)),
    "searched_m2_per_min": Kind("Area searched a minute", "m²/min", MAP),
    "coverage": Kind("Coverage factor of what was flown", "", MAP, Goal(">=", 1.0)),
    "pod": Kind("Probability of detection of what was flown", "", MAP, Goal(">=", 0.63)),
    "final_radius_90_m": Kind("90 % radius at the end", "m", MAP, Goal("<=", 20.0)),
    "final_area_90_m2": Kind("90 % region at the end", "m²", MAP),
    "final_error_m": Kind("Error at the end", "m", MAP, Goal("<=", 20.0)),
    "homing_path_ratio": Kind("Path of homing over the straight line", "", MAP, Goal("<=", 2.0)),
    "link_lost_s": Kind("Link lost", "s", VEHICLE, Goal("<=", 3.0)),
    "link_lost_share": Kind("Share of the flight without a link", "", VEHICLE, Goal("<=", 0.01)),
    "lost_samples": Kind("Samples lost in its recordings", "", RADIO, Goal("<=", 0.0)),
    "overload_share": Kind("Share of readings with an overloaded receiver", "", RADIO, Goal("<=", 0.01)),
    "false_alarms_per_h": Kind("Detections that did not hold, an hour of search", "1/h", MISSION, Goal("<=", 2.0)),
    "gate_closures": Kind("Closures of the safety gate", "", MISSION, Goal("<=", 0.0)),
    "heard_share": Kind("Share of readings in which it was heard", "", LEVELS),
    "mean_snr_db": Kind("Mean SNR of those", "dB", LEVELS),
    "max_snr_db": Kind("Highest SNR", "dB", LEVELS),
    "battery_percent_per_km": Kind("Battery for a kilometre", "%/km", VEHICLE),
    "latency_ms": Kind("Latency of the link", "ms", VEHICLE),
}


def figure(name: str, value: float | None, why: str) -> Figure:
    kind = KINDS[name]
    return Figure(name, kind.title, value, kind.unit, kind.goal, why, kind.panel)
