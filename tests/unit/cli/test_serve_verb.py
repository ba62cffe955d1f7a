from app.cli.serve import Troubles
from app.domain.fault import Fault


def test_each_trouble_is_told_once_and_so_is_its_end() -> None:
    troubles = Troubles()
    gone = Fault(0.0, "link", "no such port")
    assert list(troubles.lines([gone])) == ["00:00:00 UTC  link: no such port"]
    assert list(troubles.lines([gone])) == []
    again = Fault(2.0, "link", "no such port", count=2)
    assert list(troubles.lines([gone, again])) == []
    works = Fault(3.0, "link", "The link works again", ended=True)
    assert list(troubles.lines([gone, again, works])) == ["00:00:03 UTC  link: The link works again"]
    assert list(troubles.lines([again, works, Fault(4.0, "link", "no such port")])) == [
        "00:00:04 UTC  link: no such port"
    ]


def test_troubles_that_were_forgotten_meanwhile_do_not_repeat_the_rest() -> None:
    troubles = Troubles()
    assert len(list(troubles.lines([Fault(0.0, "link", "no such port"), Fault(0.0, "receiver", "none")]))) == 2
    assert list(troubles.lines([Fault(9.0, "receiver", "none"), Fault(9.0, "store", "the disk is full")])) == [
        "00:00:09 UTC  store: the disk is full"
    ]
