from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import load


def test_command_line_beats_environment_beats_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("radio: {source: 'file:a', ppm: 3, gain_db: 20}\n", encoding="utf-8")
    monkeypatch.setenv("KESTREL_RADIO__PPM", "5")
    monkeypatch.setenv("KESTREL_RADIO__GAIN_DB", "30")
    settings = load(file, {"radio": {"gain_db": 40}})
    assert (settings.radio.source, settings.radio.ppm, settings.radio.gain_db) == ("file:a", 5, 40)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("", encoding="utf-8")
    assert load(file).api.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"radio: [", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"just words", "sections"),
        (b"radio: {ppm: much}", "radio.ppm"),
        (b"radio: {nonsense: 1}", "radio.nonsense"),
        (b"nonsense: 1", "nonsense"),
        (b"safety: {hdop: 99}", "safety.hdop"),
    ],
)
def test_a_bad_file_is_named_with_its_field(tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=word) as caught:
        load(file)
    assert str(file) in str(caught.value)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "none.yaml")
