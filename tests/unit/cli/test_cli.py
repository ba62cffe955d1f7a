"""The command line as a whole: exit codes, help, wrong use."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def kestrel(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, env=_env(environment)
    )


def _env(more: dict[str, str]) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "APPDATA", "LOCALAPPDATA")
    return {name: os.environ[name] for name in kept if name in os.environ} | more


@pytest.mark.parametrize("verb", ["gui", "serve", "demo", "sim", "projects", "export", "db", "doctor", "bench"])
def test_every_verb_has_help(verb: str) -> None:
    done = kestrel(verb, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_simulators_orders_are_listed() -> None:
    done = kestrel("sim", "--orders")
    assert done.returncode == 0
    assert '{"do": "packet_loss"' in done.stdout


def test_wrong_use_is_exit_code_2() -> None:
    assert kestrel("nonsense").returncode == 2
    assert kestrel("bench", "nonsense").returncode == 2


def test_a_reason_is_told_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("radio: {ppm: much}", encoding="utf-8")
    done = kestrel("serve", "--settings", str(file))
    assert done.returncode == 1
    assert "radio.ppm" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = kestrel("serve", "--port", port, "--data", str(tmp_path))
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_display_the_window_says_so(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("every other system has a display")
    done = kestrel("gui", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "display" in done.stderr


def test_the_headless_program_loads_no_qt() -> None:
    code = "import sys, app.cli, app.main; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0
