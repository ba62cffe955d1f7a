"""The bench of the store measures what it says, on few rows."""

from app.bench.store import measure

READ = ("1 000 000 rows read", "1 000 000 positions read (4 columns)")


def test_every_figure_is_there_with_its_goal() -> None:
    figures = {figure.name: figure for figure in measure(2000)}
    assert set(figures) == {"rows written", "slower than sqlite3", *READ}
    assert all(figure.value > 0.0 and figure.goal and figure.ok is not None for figure in figures.values())
    assert figures["rows written"].peer == "sqlite3"
