"""``kestrel keys``: kept, listed, removed; the key itself is never printed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.cli import keys as verb
from app.errors import NotFound
from app.exchange.keys import FILE_NAME, KeyStore

LINK = "tcp:127.0.0.1:5760"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "system_ring", lambda: None)


def test_set_list_and_remove_without_ever_showing_the_key(tmp_path: Path) -> None:
    runner, data = CliRunner(), ["--data", str(tmp_path)]
    said = runner.invoke(commands, ["keys", "set", LINK, *data], input="lost and found\n")
    assert said.exit_code == 0
    assert FILE_NAME in said.output
    assert "no keyring" in said.output
    listed = runner.invoke(commands, ["keys", "list", *data])
    asked = runner.invoke(commands, ["keys", "list", "--json", *data])
    assert LINK in listed.output
    assert json.loads(asked.output) == {LINK: "file"}
    key = KeyStore(tmp_path, lambda: None).key(LINK)
    for output in (said.output, listed.output, asked.output):
        assert "lost and found" not in output
        assert key not in output
    assert runner.invoke(commands, ["keys", "remove", LINK, *data]).exit_code == 0
    assert runner.invoke(commands, ["keys", "list", *data]).output == "None yet.\n"
    assert isinstance(runner.invoke(commands, ["keys", "remove", LINK, *data]).exception, NotFound)
