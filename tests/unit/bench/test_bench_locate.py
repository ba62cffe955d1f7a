from app.bench.locate import memory, update_time


def test_the_update_is_timed() -> None:
    assert update_time(side=60).value > 0.0


def test_memory_is_compared_with_what_was_held_before() -> None:
    figure = memory(2_250)
    assert figure.ok is True
    assert figure.value > 0.5
