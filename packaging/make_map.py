"""Turn Natural Earth's countries (npm package world-atlas, countries-50m.json) into resources/map/world.npz; by hand.

npm pack world-atlas@2 && tar xzf world-atlas-2*.tgz && python packaging/make_map.py package/countries-50m.json
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUT = Path(__file__).parents[1] / "resources" / "map" / "world.npz"
STEP_DEG = 0.005  # of the coordinates kept: 550 m, below the accuracy of a 1:50 million map
Points = NDArray[np.float64]


def arcs_of(topology: dict[str, Any]) -> list[Points]:
    """Each arc as (n, 2) longitude and latitude (TopoJSON 1.0, section 2.1.3: delta-encoded, quantised)."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc, float), axis=0) * scale + shift for arc in topology["arcs"]]


def ring_of(indices: list[int], arcs: list[Points]) -> Points:
    """One ring from its arcs; a negative index is the arc ``~index`` backwards."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])


def unwrapped(ring: Points) -> Points:
    """The ring unbroken at 180 degrees; one round a pole (Antarctica) gets the pole's edge as its foot."""
    lon = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    ring = np.stack([lon, ring[:, 1]], axis=1)
    if abs(lon[-1] - lon[0]) > 180.0:
        pole = np.copysign(90.0, ring[:, 1].mean())
        ring = np.concatenate([ring, [[lon[-1], pole], [lon[0], pole]]])
    return ring


def polygons_of(country: dict[str, Any]) -> list[list[list[int]]]:
    if country["type"] == "Polygon":
        return [country["arcs"]]
    return list(country["arcs"]) if country["type"] == "MultiPolygon" else []


def area_of(ring: Points) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2.0


def packed(lines: list[Points]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """First point of each line in steps, differences to the point before, and how many points each line has."""
    steps = [np.rint(line / STEP_DEG).astype(np.int64) for line in lines]
    kept = []
    for line in steps:
        same = (np.diff(line, axis=0) == 0).all(axis=1)
        kept.append(line[np.concatenate([[True], ~same])])
    first = np.array([line[0] for line in kept])
    deltas = np.concatenate([np.diff(line, axis=0) for line in kept])
    return first.astype(np.int32), deltas.astype(np.int32), np.array([len(line) for line in kept], np.int32)


def main(source: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    countries = topology["objects"]["countries"]["geometries"]
    used: dict[int, int] = {}
    labels = []
    for country in countries:
        polygons = polygons_of(country)
        for index in {i if i >= 0 else ~i for polygon in polygons for ring in polygon for i in ring}:
            used[index] = used.get(index, 0) + 1
        if polygons:
            largest = max((unwrapped(ring_of(polygon[0], arcs)) for polygon in polygons), key=area_of)
            labels.append((country["properties"]["name"], area_of(largest), largest.mean(axis=0)))
    land = [
        unwrapped(ring_of(ring, arcs))
        for part in topology["objects"]["land"]["geometries"]
        for poly in polygons_of(part)
        for ring in poly
    ]
    borders = [unwrapped(arcs[i]) for i, count in sorted(used.items()) if count > 1]
    land_first, land_deltas, land_counts = packed(land)
    border_first, border_deltas, border_counts = packed(borders)
    np.savez_compressed(
        OUT,
        step_deg=STEP_DEG,
        land_first=land_first,
        land_deltas=land_deltas,
        land_counts=land_counts,
        border_first=border_first,
        border_deltas=border_deltas,
        border_counts=border_counts,
        names=np.array([label[0] for label in labels]),
        name_area=np.array([label[1] for label in labels], np.float32),
        name_at=np.array([label[2] for label in labels], np.float32),
    )
    print(f"{OUT}: {OUT.stat().st_size} bytes, {len(land)} outlines, {len(borders)} borders, {len(labels)} names")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
