"""The wire models have the very fields of the facts, so that neither drifts from the other."""

import dataclasses
from typing import Any

import pytest
from pydantic import BaseModel

from app.api.encoding import encode
from app.api.schemas import access, base, job, mission, radio, recording, station, vehicle
from app.domain import access as access_facts
from app.domain import control as control_facts
from app.domain import fault, geometry, project, safety
from app.domain import job as job_facts
from app.domain import mission as mission_facts
from app.domain import radio as radio_facts
from app.domain import recording as recording_facts
from app.domain import vehicle as vehicle_facts
from app.domain.sarsat406 import message as sarsat
from app.services import system
from tests.unit.api.facts import estimate, telemetry

PAIRS: list[tuple[type[BaseModel], type[Any]]] = [
    (base.LatLonOut, geometry.LatLon),
    (access.AccountOut, access_facts.Account),
    (access.ApiKeyOut, access_facts.ApiKey),
    (access.SessionOut, access_facts.Session),
    (access.MeOut, access_facts.Identity),
    (access.ControlOut, control_facts.Control),
    (radio.RadioStateOut, radio_facts.RadioState),
    (radio.LevelOut, radio_facts.Level),
    (radio.ReadingOut, radio_facts.Reading),
    (radio.DetectionOut, radio_facts.Detection),
    (radio.DecodedOut, sarsat.Decoded),
    (radio.FieldOut, sarsat.Field),
    (radio.TargetReportOut, radio_facts.TargetReport),
    (radio.TargetOut, radio_facts.Target),
    (radio.TargetsOut, radio_facts.Targets),
    (vehicle.TelemetryOut, vehicle_facts.Telemetry),
    (vehicle.VehicleStateOut, vehicle_facts.VehicleState),
    (vehicle.VehicleMessageOut, vehicle_facts.VehicleMessage),
    (vehicle.LinkStateOut, vehicle_facts.LinkState),
    (vehicle.PlaybackOut, vehicle_facts.Playback),
    (vehicle.CommandRecordOut, vehicle_facts.CommandRecord),
    (mission.MissionStatusOut, mission_facts.MissionStatus),
    (mission.TransitionOut, mission_facts.Transition),
    (mission.SearchPlanOut, mission_facts.SearchPlan),
    (mission.VerdictOut, safety.Verdict),
    (mission.GateReportOut, safety.GateReport),
    (recording.RecordingOut, recording_facts.Recording),
    (recording.StoredRecordingOut, recording_facts.StoredRecording),
    (recording.RecordingStateOut, recording_facts.RecordingState),
    (job.JobOut, job_facts.Job),
    (station.ProjectOut, project.Project),
    (station.FlightOut, project.Flight),
    (station.FaultOut, fault.Fault),
    (station.InfoOut, system.StationInfo),
    (station.ComponentOut, system.Component),
]


@pytest.mark.parametrize(("model", "fact"), PAIRS, ids=lambda one: one.__name__)
def test_the_fields_are_those_of_the_fact(model: type[BaseModel], fact: type[Any]) -> None:
    assert list(model.model_fields) == [field.name for field in dataclasses.fields(fact)]


def test_what_is_sent_fits_its_model() -> None:
    vehicle.TelemetryOut.model_validate_json(encode(telemetry()))
    mission.EstimateOut.model_validate_json(encode(estimate()))


def test_every_number_and_text_has_an_example() -> None:
    for model, _ in PAIRS:
        for name, field in model.model_fields.items():
            if field.annotation in {float, int, str}:
                assert field.examples, f"{model.__name__}.{name}"
