import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.safety import SafetyLimits
from tests.gui import facts
from widgets.base_map import BaseMap
from widgets.map_estimate import EstimateLayer, heat_image
from widgets.map_grid import round_step
from widgets.map_path import HeardTrail, PathLayer, Trail
from widgets.map_projection import Projection
from widgets.map_shapes import clipped
from widgets.map_view import MapView
from widgets.theme import DARK, THEMES, Look


@pytest.mark.parametrize("centre", [LatLon(47.0, 8.0), LatLon(-33.0, 179.9999), LatLon(70.0, -180.0), LatLon(0.0, 0.0)])
@pytest.mark.parametrize("equator_m", [0.05, 3.0, 20_000.0])
def test_pixels_and_back(centre: LatLon, equator_m: float) -> None:
    projection = Projection(centre, equator_m, 800, 600)
    for x, y in ((400.0, 300.0), (10.0, 590.0), (799.0, 1.0)):
        there = projection.pixel(projection.position(x, y))
        assert there == pytest.approx((x, y), abs=1e-3)


def test_a_metre_is_as_long_as_the_scale_says() -> None:
    projection = Projection(facts.HOME, 1.5, 800, 600)
    east = projection.pixel(LocalPlane(facts.HOME).to_globe(EastNorth(100.0, 0.0)))[0] - 400.0
    assert east == pytest.approx(100.0 / projection.metres_per_pixel, rel=0.005)


def test_zoom_holds_what_is_under_the_cursor() -> None:
    projection = Projection(facts.HOME, 1.5, 800, 600)
    before = projection.position(123.0, 456.0)
    assert projection.zoomed(0.3, 123.0, 456.0).pixel(before) == pytest.approx((123.0, 456.0), abs=1e-3)


@pytest.mark.parametrize(("wanted", "step"), [(1.0, 1.0), (1.2, 2.0), (34.0, 50.0), (0.07, 0.1), (5000.0, 5000.0)])
def test_round_step(wanted: float, step: float) -> None:
    assert round_step(wanted) == pytest.approx(step)


def test_a_shape_is_cut_to_the_view() -> None:
    huge = np.array([[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6]])
    assert np.abs(clipped(huge, 800, 600, 50)).max() == 850
    away = huge + 5e6
    assert len(clipped(away, 800, 600, 50)) == 0


def painted_ground(centre: LatLon, equator_m: float) -> QColor:
    """The colour of the base map's middle pixel."""
    image = QImage(81, 61, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        BaseMap().paint(painter, Projection(centre, equator_m, 81, 61), DARK)
    return image.pixelColor(40, 30)


@pytest.mark.parametrize("equator_m", [0.1, 10.0, 3_000.0])
def test_land_and_sea(qapp: object, equator_m: float) -> None:
    land, sea = DARK.colour("land"), DARK.colour("sea")
    assert painted_ground(LatLon(47.4, 8.6), equator_m) == land
    assert painted_ground(LatLon(66.9, 179.5), equator_m) == land  # Chukotka, at the antimeridian
    assert painted_ground(LatLon(-80.0, 60.0), equator_m) == land  # Antarctica
    assert painted_ground(LatLon(42.0, -40.0), equator_m) == sea


def test_the_heat_is_strongest_at_the_mode(qapp: object) -> None:
    estimate = facts.estimate()
    image = heat_image(estimate.grid)
    north, east = np.unravel_index(int(estimate.grid.probability.argmax()), estimate.grid.probability.shape)
    assert image.pixelColor(int(east), image.height() - 1 - int(north)).alpha() > 150
    assert image.pixelColor(0, image.height() - 1).alpha() == 0


def test_the_trail_keeps_its_ends_when_full() -> None:
    trail = Trail(most=8)
    for number in range(30):
        trail.add(facts.at(0.0, float(number)))
    held = trail.positions[:, 0]
    assert held[0] == facts.at(0.0, 0.0).lat_deg
    assert held[-1] == facts.at(0.0, 29.0).lat_deg
    assert (np.diff(held) > 0).all()


def test_levels_span_the_colours() -> None:
    heard = HeardTrail()
    heard.add([facts.reading(0.0, n, power_db=-90.0 + n) for n in range(50)])
    heard.add([facts.reading(0.0, 60.0, power_db=-200.0, heard=False)])
    assert (heard.low_db, heard.high_db) == (-90.0, -40.0)


def test_the_path_grows_as_if_painted_at_once(qapp: object) -> None:
    projection = Projection(facts.HOME, 1.0, 300, 300)
    grown, whole = PathLayer(), PathLayer()
    for number in range(40):
        for path in (grown, whole):
            path.trail.add(facts.at(number, number))
            path.heard.add([facts.reading(number, number, power_db=-60.0 - number % 7)])
        grown.picture(projection, DARK, 1.0)
    there = grown.picture(projection, DARK, 1.0).toImage()
    assert there.pixelColor(150 + 20, 150 - 20).alpha() > 0
    assert there.pixelColor(20, 20).alpha() == 0
    again = whole.picture(projection, DARK, 1.0).toImage()
    assert again.pixelColor(150 + 20, 150 - 20).alpha() > 0


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> MapView:
    made = MapView(SafetyLimits(no_fly=((facts.at(0, 0), facts.at(50, 0), facts.at(0, 50)),)), look)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    return made


def fill(view: MapView) -> None:
    view.vehicle, view.plan, view.mission = facts.vehicle(), facts.plan(), facts.status()
    view.set_pose(facts.pose(-50.0, -50.0))
    view.path.heard.add([facts.reading(0.0, float(n)) for n in range(20)])


def test_the_first_position_brings_the_map_there(view: MapView) -> None:
    view.set_pose(facts.pose())
    x, y = view.projection.pixel(facts.HOME)
    assert (x, y) == pytest.approx((320.0, 240.0), abs=1.0)
    assert view.projection.metres_per_pixel * 480 == pytest.approx(900.0, rel=0.02)


def test_no_fix_is_shown_before_it_is_enough(view: MapView) -> None:
    fill(view)
    view.show_all()
    without = view.grab().toImage()
    view.estimate.set(facts.estimate(enough=False))
    assert not view.estimate.shown
    assert view.grab().toImage() == without
    view.estimate.set(facts.estimate(enough=True))
    assert view.grab().toImage() != without


@pytest.mark.parametrize("theme", sorted(THEMES))
@pytest.mark.parametrize("across_m", [5.0, 800.0, 90_000.0, 3e7])
def test_everything_is_painted_at_every_scale(view: MapView, look: Look, theme: str, across_m: float) -> None:
    fill(view)
    view.estimate.set(facts.estimate())
    view.simulated, view.hint = True, "Not enough to say"
    look.choose(theme)
    view.projection = view.projection.centred(facts.HOME, across_m)
    assert not view.grab().isNull()


def test_a_drag_moves_the_map_and_ends_following(qtbot: QtBot, view: MapView) -> None:
    fill(view)
    before = view.projection.position(100.0, 100.0)
    with qtbot.waitSignal(view.follow_ended):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
        QTest.mouseMove(view, QPoint(160, 130))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(160, 130))
    x, y = view.projection.pixel(before)
    assert math.hypot(x - 160.0, y - 130.0) < 0.5


def test_the_vehicle_is_kept_in_view(view: MapView) -> None:
    view.set_pose(facts.pose())
    view.set_pose(facts.pose(east_m=2_000.0))
    x, y = view.projection.pixel(facts.pose(east_m=2_000.0).position)
    assert view.rect().toRectF().contains(QPointF(x, y))


def test_painting_only_what_moved_shows_the_same_as_painting_all(qtbot: QtBot, look: Look) -> None:
    view = MapView(SafetyLimits(), look)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    qtbot.waitExposed(view)
    view.set_vehicle(facts.vehicle())
    view.estimate.set(facts.estimate())
    view.set_mission(facts.status(), None)
    painted: list[int] = []
    for step in range(8):
        view.set_pose(facts.pose(10.0 * step, 4.0 * step))
        view.add_heard([facts.reading(10.0 * step, 4.0 * step, -60.0 - step)])
        qtbot.wait(80)  # as long as changes are gathered
        painted.append(view._repaint._area.width())
    assert painted == [0] * 8
    handle = view.screen().grabWindow(view.winId()).toImage()
    if handle.isNull():
        pytest.skip("this platform cannot read a window back")
    whole = view.grab().toImage().convertToFormat(handle.format())
    assert handle == whole


def test_few_reports_of_a_mission_paint_the_map(qtbot: QtBot, look: Look) -> None:
    view = MapView(SafetyLimits(), look)
    qtbot.addWidget(view)
    view.set_mission(facts.status(), None)
    asked: list[bool] = []
    view.refresh = lambda: asked.append(True)  # type: ignore[method-assign]
    view.set_mission(facts.status(), None)
    assert not asked
    view.set_mission(facts.idle(), None)
    assert asked == [True]


@pytest.mark.parametrize("lat_deg", [-89.0, -33.0, 0.0, 47.4, 85.5])
@pytest.mark.parametrize("lon_deg", [-180.0, -0.1, 8.5, 179.9])
def test_one_position_lies_where_many_do(lat_deg: float, lon_deg: float) -> None:
    projection = Projection(LatLon(46.0, 179.0), 12.0, 800, 600)
    many = projection.pixels([lat_deg, 0.0], [lon_deg, 0.0])
    assert projection.pixel(LatLon(lat_deg, lon_deg)) == pytest.approx(tuple(many[0]), rel=1e-9, abs=1e-3)


def test_two_emitters_are_marked_where_there_is_no_fix(qapp: object) -> None:
    layer, projection = EstimateLayer(), Projection(facts.HOME, 1.0, 200, 200)

    def marked(emitters: tuple[LatLon, ...]) -> bool:
        layer.set(replace(facts.estimate(enough=False), emitters=emitters))
        image = QImage(200, 200, QImage.Format.Format_RGB32)
        image.fill(0)
        with QPainter(image) as painter:
            layer.paint(painter, projection, DARK)
        return bool((np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF).any())

    assert marked((facts.HOME, LatLon(facts.HOME.lat_deg + 2e-4, facts.HOME.lon_deg)))
    assert not marked(())
