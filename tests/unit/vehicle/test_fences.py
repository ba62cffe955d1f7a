"""Fences and rally points as the items of the mission protocol."""

import pytest

from app.domain.geometry import LatLon
from app.errors import DeviceError
from app.vehicle.fences import Circle, Fence, RallyPoint, fence, rally
from app.vehicle.missions import MissionItem

A, B, C = LatLon(47.0, 8.0), LatLon(47.1, 8.0), LatLon(47.1, 8.1)
WHOLE = Fence(((A, B, C), (C, B, A)), ((B, C, A),), (Circle(A, 80.0),), (Circle(B, 5.5),), C)


def test_a_fence_survives_as_items() -> None:
    items = WHOLE.items()
    assert [one.command for one in items] == [5001] * 6 + [5002] * 3 + [5003, 5004, 5000]
    assert [one.parameters[0] for one in items[:3]] == [3.0] * 3
    assert fence(items) == WHOLE
    assert fence(()) == Fence()
    assert Fence().items() == ()


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        (WHOLE.items()[:2], "ends after 2"),
        ((WHOLE.items()[0], *WHOLE.items()[6:]), "ends after 1"),
        ((MissionItem(5001, A, 0.0, (2.0, 0.0, 0.0, 0.0)),), "2 corners"),
        ((MissionItem(5001, A, 0.0, (float("nan"), 0.0, 0.0, 0.0)),), "nan corners"),
        ((MissionItem(16, A, 0.0),), "command 16"),
    ],
)
def test_what_is_no_fence_is_told(items: tuple[MissionItem, ...], complaint: str) -> None:
    with pytest.raises(DeviceError, match=complaint):
        fence(items)


def test_rally_points_survive_as_items() -> None:
    points = (RallyPoint(A, 30.0), RallyPoint(B))
    assert rally([one.item() for one in points]) == points
    with pytest.raises(DeviceError, match="command 16"):
        rally([MissionItem(16, A, 0.0)])
