"""Insights on the wire; null is "nothing gives it"."""

from pydantic import Field

from app.api.schemas.base import Wire
from app.api.schemas.station import FlightOut
from app.insights.findings import Weight


class FigureOut(Wire):
    name: str = Field(examples=["final_radius_90_m"])
    title: str = Field(examples=["90 % radius at the end"])
    value: float | None = Field(description="null: no data", examples=[12.4])
    unit: str = Field(examples=["m"])
    goal: str | None = Field(examples=["<= 20"])
    ok: bool | None = Field(description="null: no goal, or no data")
    why: str = Field(
        description="What it rests on, or what is missing", examples=["the last estimate with enough to say"]
    )
    panel: str = Field(description="Of the window, where it is seen", examples=["Map"])


class GoalOut(Wire):
    sense: str = Field(examples=["<="])
    value: float = Field(examples=[20.0])


class SpreadOut(Wire):
    name: str = Field(examples=["final_radius_90_m"])
    title: str = Field(examples=["90 % radius at the end"])
    unit: str = Field(examples=["m"])
    goal: GoalOut | None
    flights: int = Field(description="That have it", examples=[7])
    median: float = Field(examples=[14.0])
    low: float | None = Field(description="Lower quartile; null below three flights", examples=[11.0])
    high: float | None = Field(description="Upper quartile", examples=[19.0])
    met: int | None = Field(description="Flights that met the goal", examples=[6])


class AnomalyOut(Wire):
    series: str = Field(examples=["noise_dbfs"])
    start_s: float = Field(description="UTC, s", examples=[1760000000.0])
    end_s: float = Field(examples=[1760000004.0])
    value: float = Field(description="The farthest", examples=[-41.0])
    usual: float = Field(description="Running median there", examples=[-62.0])
    score: float = Field(description="Modified z-score; beyond 3.5 either way", examples=[8.2])


class CorrelationOut(Wire):
    first: str = Field(examples=["noise_dbfs"])
    second: str = Field(description="Taken `lag` steps later", examples=["speed_mps"])
    lag: int = Field(examples=[2])
    pearson: float = Field(examples=[0.61])
    pearson_p: float = Field(examples=[0.003])
    spearman: float = Field(examples=[0.66])
    spearman_p: float = Field(examples=[0.001])
    samples: int = Field(examples=[540])
    effective: float = Field(description="Independent samples that say as much", examples=[61.0])


class EvidenceOut(Wire):
    what: str = Field(description="A figure, or a series", examples=["overload_share"])
    value: float | None = Field(examples=[0.08])
    start_s: float | None = Field(examples=[None])
    end_s: float | None = Field(examples=[None])


class FindingOut(Wire):
    weight: Weight
    text: str = Field(examples=["Share of readings with an overloaded receiver: 0.08, goal <= 0.01 (of 900 readings)"])
    recommendation: str = Field(examples=["Lower the gain: readings taken overloaded are not used."])
    evidence: list[EvidenceOut]
    panel: str = Field(examples=["Spectrum and waterfall"])


class FlightInsightsOut(Wire):
    flight: FlightOut
    figures: list[FigureOut]
    gate_closures: dict[str, int] = Field(description="By rule")
    anomalies: list[AnomalyOut]
    correlations: list[CorrelationOut] = Field(description="Of each pair of series the lag with the strongest")
    findings: list[FindingOut] = Field(description="The bad ones first")


class FlightFiguresOut(Wire):
    flight: FlightOut
    figures: list[FigureOut]


class ProjectInsightsOut(Wire):
    flights: list[FlightFiguresOut] = Field(description="Newest first, at most 200")
    figures: list[SpreadOut]


class TrendOut(Wire):
    name: str = Field(examples=["time_to_find_s"])
    title: str = Field(examples=["From the search's start to the find"])
    unit: str = Field(examples=["s"])
    time_s: list[float] = Field(description="Starts of the flights, UTC, s")
    values: list[float]
    median: float = Field(examples=[640.0])
    per_day: float | None = Field(description="Theil-Sen slope; null below four flights", examples=[-12.0])
    p: float | None = Field(description="Of Kendall's tau", examples=[0.04])


class ProfileOut(Wire):
    kind: str = Field(description="operator, vehicle or receiver", examples=["operator"])
    name: str = Field(examples=["ann"])
    flights: int = Field(examples=[7])
    hours: float = Field(examples=[2.5])
    trends: list[TrendOut]


class SeriesOut(Wire):
    name: str = Field(examples=["snr_db"])
    unit: str = Field(examples=["dB"])
    time_s: list[float] = Field(description="UTC, s")
    values: list[float | None] = Field(description="null: a step that holds nothing")
