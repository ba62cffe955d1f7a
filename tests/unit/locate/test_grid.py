import numpy as np

from app.locate.grid import Box, Grid, box_of, densest


def test_cells_lie_round_the_centre() -> None:
    grid = Grid.around(10.0, -20.0, 50.0, 4)
    assert grid.east_m().tolist() == [-27.5, -2.5, 22.5, 47.5]
    assert grid.north_m().tolist() == [-57.5, -32.5, -7.5, 17.5]


def test_mask_of_an_inner_grid() -> None:
    outer, inner = Grid.around(0.0, 0.0, 50.0, 10), Grid.around(20.0, 0.0, 10.0, 5)
    mask = outer.mask_of(inner)
    assert mask.sum() == 4
    assert box_of(outer, mask) == Box(10.0, -10.0, 30.0, 10.0)


def test_densest_cells_hold_the_share() -> None:
    mass = np.array([[0.5, 0.3], [0.15, 0.05]])
    assert densest(mass, 0.5).sum() == 1
    assert densest(mass, 0.79).sum() == 2
    assert densest(mass, 0.9).tolist() == [[True, True], [True, False]]


def test_no_cells_no_box() -> None:
    assert box_of(Grid.around(0.0, 0.0, 1.0, 2), np.zeros((2, 2), np.bool_)) is None


def test_how_far_a_box_is_beyond() -> None:
    grid = Grid.around(0.0, 0.0, 10.0, 2)
    assert Box.of(grid).beyond(grid) == 0.0
    assert Box(-12.0, 0.0, 5.0, 5.0).beyond(grid) == 2.0
    assert Box(0.0, 0.0, 1.0, 1.0).joined(None).joined(Box(5.0, 5.0, 6.0, 9.0)).size_m == 9.0
