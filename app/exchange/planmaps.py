"""A search pattern for maps and hand-held receivers: KML 2.2, GPX 1.1 and GeoJSON (RFC 7946); pure, any thread."""

import json
from xml.etree import ElementTree as ET

from app.domain.mission import SearchPlan

KML, GPX = "http://www.opengis.net/kml/2.2", "http://www.topografix.com/GPX/1/1"


def to_kml(plan: SearchPlan) -> str:
    """One line with heights above the ground."""
    root = ET.Element("kml", xmlns=KML)
    mark = ET.SubElement(ET.SubElement(root, "Document"), "Placemark")
    ET.SubElement(mark, "name").text = name_of(plan)
    ET.SubElement(mark, "description").text = words_of(plan)
    line = ET.SubElement(mark, "LineString")
    ET.SubElement(line, "altitudeMode").text = "relativeToGround"
    places = [f"{place.lon_deg:.8f},{place.lat_deg:.8f},{plan.height_m:.1f}" for place in plan.waypoints]
    ET.SubElement(line, "coordinates").text = " ".join(places)
    return _text(root)


def to_gpx(plan: SearchPlan) -> str:
    """A route; GPX has no heights above ground, so it has none."""
    root = ET.Element("gpx", xmlns=GPX, version="1.1", creator="Kestrel")
    route = ET.SubElement(root, "rte")
    ET.SubElement(route, "name").text = name_of(plan)
    ET.SubElement(route, "desc").text = words_of(plan)
    for number, place in enumerate(plan.waypoints, 1):
        point = ET.SubElement(route, "rtept", lat=f"{place.lat_deg:.8f}", lon=f"{place.lon_deg:.8f}")
        ET.SubElement(point, "name").text = str(number)
    return _text(root)


def to_geojson(plan: SearchPlan) -> str:
    """A line with the plan's figures as its properties."""
    places = [[round(place.lon_deg, 8), round(place.lat_deg, 8)] for place in plan.waypoints]
    kind, coordinates = ("LineString", places) if len(places) > 1 else ("Point", places[0])
    properties = {
        name: getattr(plan, name)
        for name in (
            "pattern",
            "height_m",
            "speed_mps",
            "spacing_m",
            "length_m",
            "time_s",
            "area_m2",
            "coverage",
            "pod",
        )
    }
    feature = {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=1) + "\n"


def name_of(plan: SearchPlan) -> str:
    return f"Search: {plan.pattern.replace('_', ' ')}"


def words_of(plan: SearchPlan) -> str:
    return (
        f"{plan.length_m / 1000.0:.2f} km in {plan.time_s / 60.0:.0f} min at {plan.height_m:.0f} m above home, "
        f"coverage {plan.coverage:.1f}, POD {plan.pod:.0%}"
    )


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
