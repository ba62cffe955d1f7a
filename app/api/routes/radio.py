"""Radio, targets and detections."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.access import Actor, StationDep, done, reading
from app.api.encoding import answer
from app.api.schemas.radio import (
    DecodedOut,
    DetectionOut,
    FoundReceiverOut,
    FrontEndIn,
    GainIn,
    LevelOut,
    ProfileIn,
    ProfileOut,
    RadioStateOut,
    SourceIn,
    SpectrumIn,
    SpectrumOut,
    TargetIn,
    TargetReportOut,
    TargetsOut,
    ToneIn,
    TuneIn,
)
from app.domain.radio import FrontEnd, SpectrumSetup, Target
from app.services.station import Station

radio = APIRouter(prefix="/radio", tags=["radio"])
kept = APIRouter(prefix="/radio/profiles", tags=["radio"])
wanted = APIRouter(prefix="/targets", tags=["targets"])


@radio.get("", response_model=RadioStateOut)
async def state(station: StationDep) -> Response:
    return answer(station.radio.state())


@radio.put("/frequency", response_model=RadioStateOut)
async def tune(body: TuneIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.radio.tune(body.centre_hz, actor)))


@radio.put("/gain", response_model=RadioStateOut)
async def gain(body: GainIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.radio.set_gain(body.gain_db, actor)))


@radio.put("/front_end", response_model=RadioStateOut)
async def front_end(body: FrontEndIn, station: StationDep, actor: Actor) -> Response:
    """Set the receiver's switches; one it does not have is refused with 422."""
    return answer(await done(station.radio.set_front_end(FrontEnd(**body.model_dump()), actor)))


@radio.get("/spectrum", response_model=SpectrumOut)
async def spectrum(station: StationDep) -> Response:
    """Average, held peaks, lowest levels and noise floor of every bin, now."""
    return answer(await done(station.radio.spectrum()))


@radio.put("/spectrum", response_model=RadioStateOut)
async def set_spectrum(body: SpectrumIn, station: StationDep, actor: Actor) -> Response:
    """Bins, window and averaging from now on; rows of another size are gone."""
    return answer(await done(station.radio.set_spectrum(SpectrumSetup(**body.model_dump()), actor)))


@radio.delete("/spectrum/hold", response_model=RadioStateOut)
async def release_hold(station: StationDep, actor: Actor) -> Response:
    """Hold peaks and lowest levels anew."""
    return answer(await done(station.radio.release_hold(actor)))


@radio.get("/devices", response_model=list[FoundReceiverOut])
async def devices(station: StationDep) -> Response:
    """Receivers plugged into the station's computer; takes up to some seconds."""
    return answer(await done(station.radio.devices()))


@radio.put("/source", response_model=RadioStateOut)
async def source(body: SourceIn, station: StationDep, actor: Actor) -> Response:
    """Leave the receiver in use and connect to another; what is wrong with the new one is in ``problem``."""
    return answer(await done(station.radio.connect(body.source, actor)))


@kept.get("", response_model=list[ProfileOut])
async def profiles(station: StationDep) -> Response:
    """Receivers kept under names, each with its settings, antenna and calibration."""
    return answer(await reading(_profiles, station))


@kept.put("/{name}", response_model=RadioStateOut)
async def save(name: str, body: ProfileIn, station: StationDep, actor: Actor) -> Response:
    """Keep the receiver as it is set up now under this name."""
    return answer(await done(station.profiles.save(name, actor, body.antenna)))


@kept.delete("/{name}", response_model=list[ProfileOut])
async def forget(name: str, station: StationDep, actor: Actor) -> Response:
    await reading(station.profiles.remove, name, actor)
    return answer(await reading(_profiles, station))


@kept.post("/{name}/use", response_model=RadioStateOut)
async def use(name: str, station: StationDep, actor: Actor) -> Response:
    """Leave the receiver in use and connect to this one, set up as it was kept."""
    return answer(await done(await reading(station.profiles.use, name, actor)))


@radio.post("/calibration", response_model=RadioStateOut)
async def calibrate(body: ToneIn, station: StationDep, actor: Actor) -> Response:
    """Measure a tone of known level that comes in now; the offset is kept in the profile in use."""
    return answer(await done(station.profiles.calibrate(body.level_dbm, body.frequency_hz, actor)))


@radio.get("/levels", response_model=dict[str, LevelOut])
async def levels(station: StationDep) -> Response:
    """The newest level of each target."""
    return answer(station.radio.levels())


@radio.get("/reports", response_model=dict[str, TargetReportOut])
async def reports(station: StationDep) -> Response:
    """What was heard last of each target and when; what would have been heard when it was nothing."""
    return answer(station.radio.reports())


@radio.get("/detections", response_model=list[DetectionOut])
async def detections(
    station: StationDep,
    since_s: Annotated[float | None, Query(description="Only those after, UTC, s")] = None,
    target_id: Annotated[str | None, Query(description="Only those of this target")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> Response:
    """The latest detections, oldest first."""
    chosen = [
        one
        for one in station.radio.detections()
        if (since_s is None or one.time_s > since_s) and (target_id is None or one.target_id == target_id)
    ]
    return answer(chosen[-limit:])


@radio.get("/decoded", response_model=list[DecodedOut])
async def decoded(
    station: StationDep,
    since_s: Annotated[float | None, Query(description="Only those after, UTC, s")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> Response:
    """What the latest bursts of 406 MHz beacons said, oldest first."""
    chosen = [one for one in station.radio.decoded() if since_s is None or one.time_s > since_s]
    return answer(chosen[-limit:])


@wanted.get("", response_model=TargetsOut)
async def targets(station: StationDep) -> Response:
    return answer(station.targets.targets())


@wanted.post("", response_model=TargetsOut, status_code=201)
async def add(body: TargetIn, station: StationDep) -> Response:
    return answer(station.targets.add(_target(body, "")), 201)


@wanted.put("/{target_id}", response_model=TargetsOut)
async def change(target_id: str, body: TargetIn, station: StationDep) -> Response:
    return answer(station.targets.change(_target(body, target_id)))


@wanted.delete("/{target_id}", response_model=TargetsOut)
async def remove(target_id: str, station: StationDep) -> Response:
    return answer(station.targets.remove(target_id))


@wanted.post("/{target_id}/select", response_model=TargetsOut)
async def select(target_id: str, station: StationDep) -> Response:
    """Home on this target from now on."""
    return answer(station.targets.select(target_id))


def _target(body: TargetIn, target_id: str) -> Target:
    return Target(id=target_id, **body.model_dump())


def _profiles(station: Station) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "profile": one.profile and one.profile.model_dump(mode="json"), "problem": one.problem}
        for one in station.profiles.profiles()
    ]


ROUTERS = (radio, kept, wanted)
