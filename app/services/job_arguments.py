"""What each kind of job takes, checked before it is kept; values, any thread."""

from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from app.domain.geometry import LatLon, on_earth
from app.domain.job import JobKind
from app.domain.project import LARGEST_ID
from app.domain.radio import Target
from app.errors import OutOfRange
from app.services.reprocess import Variant
from app.settings import LocateSettings, TargetSettings

IN_FORCE = "in force"
TARGET_FIELDS = ("kind", "frequency_hz", "bandwidth_hz", "period_s", "pulse_s", "mortality_period_s")


class VariantIn(BaseModel, frozen=True, extra="forbid"):
    """Settings that differ from those in force."""

    name: str = Field("", max_length=80, description="Empty: told by what differs")
    locate: dict[str, Any] = Field({}, description="Fields of the settings' section locate")
    target: dict[str, Any] = Field({}, description=f"Of every target: {', '.join(TARGET_FIELDS)}")
    pause_ms: float | None = Field(None, ge=0.0, le=60_000.0, description="Up to which a burst is not over")

    def title(self) -> str:
        """Its name, or what differs."""
        parts = [f"{name} {value}" for name, value in (self.locate | self.target).items()]
        parts += [f"pause {self.pause_ms:g} ms"] if self.pause_ms is not None else []
        return self.name or ", ".join(parts) or "the same"


class Reprocess(BaseModel, frozen=True, extra="forbid"):
    flight_id: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="Its readings anew, and its recordings where they are"
    )
    folder: str = Field("", max_length=4_000, description="Or a folder of recordings (on the station's computer)")
    variants: tuple[VariantIn, ...] = Field((), max_length=20)
    truth: tuple[float, float] | None = Field(None, description="Latitude and longitude where the beacon was, degrees")


class Export(BaseModel, frozen=True, extra="forbid"):
    flight_id: int = Field(ge=1, le=LARGEST_ID)
    form: Literal["csv", "geojson", "kml", "kmz", "gpx", "parquet", "cot"] = "csv"


class Import(BaseModel, frozen=True, extra="forbid"):
    file: str = Field(min_length=1, max_length=4_000, description="A .tlog or .bin that was brought before")
    name: str = Field("", max_length=80, description="Of the flight; empty: the file's")


class Backup(BaseModel, frozen=True, extra="forbid"):
    pass


class BundleOut(BaseModel, frozen=True, extra="forbid"):
    pass


class BundleIn(BaseModel, frozen=True, extra="forbid"):
    file: str = Field(min_length=1, max_length=4_000, description="A bundle that was brought before")
    name: str = Field("", max_length=80, description="Of the project; empty: its own")


ARGUMENTS: dict[JobKind, type[BaseModel]] = {
    JobKind.REPROCESS: Reprocess,
    JobKind.EXPORT: Export,
    JobKind.IMPORT: Import,
    JobKind.BACKUP: Backup,
    JobKind.BUNDLE_OUT: BundleOut,
    JobKind.BUNDLE_IN: BundleIn,
}


def checked(kind: JobKind, arguments: dict[str, Any]) -> Any:
    """The arguments as their kind has them. Raises ``OutOfRange`` that names the one at fault."""
    try:
        found = ARGUMENTS[kind].model_validate(arguments)
    except ValidationError as error:
        raise OutOfRange(_first(error)) from error
    if isinstance(found, Reprocess):
        if (found.flight_id is None) == (not found.folder):
            raise OutOfRange("Say either flight_id or folder: what is to be worked through again.")
        if found.truth is not None and not on_earth(LatLon(*found.truth)):
            raise OutOfRange("truth: it is no place; it should be latitude and longitude in degrees.")
        variants(found, LocateSettings(), ())
    return found


def variants(asked: Reprocess, settings: LocateSettings, targets: tuple[Target, ...]) -> tuple[Variant, ...]:
    """The settings in force, then those that were asked for. Raises ``OutOfRange``."""
    return (Variant(IN_FORCE, settings, targets), *(_variant(one, settings, targets) for one in asked.variants))


def _variant(one: VariantIn, settings: LocateSettings, targets: tuple[Target, ...]) -> Variant:
    if unknown := set(one.target) - set(TARGET_FIELDS):
        raise OutOfRange(f"target.{min(unknown)}: choose among {', '.join(TARGET_FIELDS)}.")
    try:
        other = LocateSettings.model_validate(settings.model_dump() | one.locate)
        told = TargetSettings.model_validate(one.target)
    except ValidationError as error:
        raise OutOfRange(_first(error)) from error
    changed = {name: getattr(told, name) for name in one.target}
    pause_s = None if one.pause_ms is None else one.pause_ms / 1e3
    return Variant(one.title(), other, tuple(replace(target, **changed) for target in targets), pause_s)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
