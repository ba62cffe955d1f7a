"""The description under schemathesis, a program of its own: every operation asked with right and absurd values."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.api.server import ApiServer
from app.settings import ApiSettings
from tests.stations import quiet_station

CHECKS = (
    "status_code_conformance",  # 500 is described nowhere
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_station_answers_as_its_description_says(tmp_path: Path) -> None:
    with quiet_station(tmp_path) as station:
        server = ApiServer(station, ApiSettings(port=0), tmp_path)
        server.start()
        try:
            command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}openapi.json"]
            command += ["--header", f"Authorization: Bearer {server.token}", "--checks", ",".join(CHECKS)]
            command += ["--max-examples", "8", "--generation-deterministic", "--phases", "examples,fuzzing"]
            done = subprocess.run(
                command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tmp_path
            )
        finally:
            server.stop()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 30])
def test_a_number_that_no_row_has_is_refused(client: httpx.Client, number: str) -> None:
    assert client.get(f"/projects/{number}").status_code in {404, 422}
    assert client.get(f"/projects/1/recordings/{number}/check").status_code in {404, 422}


def test_a_wrong_method_is_told_the_right_ones(client: httpx.Client) -> None:
    answer = client.patch("/projects/1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PUT")
    assert client.post("/health/live").headers["allow"] == "GET"
    assert client.post("/nothing/there").status_code == 404
