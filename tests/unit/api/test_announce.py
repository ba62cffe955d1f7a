"""Over real multicast DNS on this computer's loopback."""

from app.api.announce import Announcement, look_round

LOOPBACK = ["127.0.0.1"]


def test_a_station_is_found_while_it_is_announced() -> None:
    announcement = Announcement("127.0.0.1", 8137, "AB:CD", LOOPBACK)
    announcement.start()
    found = []
    for _ in range(10):  # the name is asked for first
        found = [one for one in look_round(1.0, LOOPBACK) if one.fingerprint == "AB:CD"]
        if found:
            break
    announcement.stop()
    assert [one.url for one in found] == ["https://127.0.0.1:8137/"]
    assert found[0].name.startswith("Kestrel on ")
    assert [one for one in look_round(1.0, LOOPBACK) if one.fingerprint == "AB:CD"] == []
