import logging
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from app import errors
from app.api import problems
from app.api.guard import Guard
from tests.unit.api.asking import ask
from tests.unit.api.doors import TOKEN, Doors


class Body(BaseModel):
    centre_hz: float


def _app(error: Exception, folder: Path) -> Guard:
    app = FastAPI()
    problems.install(app, folder)

    @app.get("/api/fails")
    async def fails() -> None:
        raise error

    @app.post("/api/takes")
    async def takes(body: Body) -> float:
        return body.centre_hz

    return Doors(folder).guard(app)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.OutOfRange("too high"), 422, "out-of-range"),
        (errors.NotFound("no such flight"), 404, "not-found"),
        (errors.NotConnected("no vehicle"), 503, "not-connected"),
        (errors.VehicleRefused("PreArm: GPS"), 409, "vehicle-refused"),
        (errors.StoreError("disk full"), 503, "store-error"),
    ],
)
def test_what_the_operator_can_act_on_is_told(error: errors.AppError, status: int, kind: str, tmp_path: Path) -> None:
    answer = ask(_app(error, tmp_path), "GET", "/api/fails", TOKEN)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:kestrel:problem:{kind}"
    assert told["title"] == error.title
    assert told["status"] == status
    assert told["detail"] == str(error)
    assert told["correlation_id"] == answer.headers["x-correlation-id"]
    assert "reasons" not in told


def test_a_refusal_lists_every_reason(tmp_path: Path) -> None:
    told = ask(_app(errors.Refused(["no GPS fix", "not armed"]), tmp_path), "GET", "/api/fails", TOKEN).json()
    assert told["status"] == 409
    assert told["reasons"] == ["no GPS fix", "not armed"]


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    answer = ask(_app(RuntimeError(), tmp_path), "POST", "/api/takes", TOKEN, json={"centre_hz": "high"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.centre_hz"


def test_a_body_that_is_not_json_is_a_wrong_field_too(tmp_path: Path) -> None:
    headers = TOKEN | {"content-type": "application/json"}
    answer = ask(_app(RuntimeError(), tmp_path), "POST", "/api/takes", headers, content=b"{")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_wrong_method_and_place_are_problems_too(tmp_path: Path) -> None:
    app = _app(RuntimeError(), tmp_path)
    assert ask(app, "PUT", "/api/fails", TOKEN).json()["type"] == "urn:kestrel:problem:method-not-allowed"
    assert ask(app, "GET", "/api/none", TOKEN).json()["type"] == "urn:kestrel:problem:not-found"


def test_a_bug_is_logged_whole_and_told_without_its_inside(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask(_app(RuntimeError("SELECT * FROM secrets"), tmp_path), "GET", "/api/fails", TOKEN)
    assert answer.status_code == 500
    assert "SELECT" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json()["correlation_id"] in caplog.text
    assert "SELECT * FROM secrets" in caplog.text
    assert "content-security-policy" in answer.headers


def test_where_the_station_keeps_its_files_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "recordings" / "a.sigmf-data"
    for text, told in (
        (f"{file} cannot be written.", f"{Path('recordings') / 'a.sigmf-data'} cannot be written."),
        (f"Less than 1 GB are free at {tmp_path}.", "Less than 1 GB are free at the station's folder."),
    ):
        answer = ask(_app(errors.StoreError(text), tmp_path), "GET", "/api/fails", TOKEN)
        assert answer.json()["detail"] == told
