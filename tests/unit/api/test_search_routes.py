"""Search patterns and no-fly areas by the API."""

import httpx

CORNERS = [{"lat_deg": lat, "lon_deg": lon} for lat, lon in ((47.0, 8.0), (47.0, 8.1), (47.1, 8.1), (47.1, 8.0))]
CROSSED = [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]]
ORIGIN = {"lat_deg": 47.0, "lon_deg": 8.0}


def test_a_pattern_comes_in_every_form(client: httpx.Client) -> None:
    for form, begins in (("plan", "{"), ("waypoints", "QGC WPL 110"), ("kml", "<?xml"), ("gpx", "<?xml"),
                         ("geojson", "{")):  # fmt: skip
        file = client.post("/search/file", params={"form": form}, json={"origin": ORIGIN})
        assert file.text.startswith(begins)
        assert file.headers["content-disposition"].endswith(f'"search.{form}"')


def test_an_outline_that_crosses_itself_is_refused_with_the_place(client: httpx.Client) -> None:
    crossed = client.post("/search/preview", json={"origin": ORIGIN, "settings": {"outline": CROSSED}})
    assert crossed.status_code == 422
    assert "crosses or touches itself" in crossed.text


def test_no_fly_areas_are_drawn_read_back_and_refused_when_they_cross_themselves(client: httpx.Client) -> None:
    assert client.put("/safety/no-fly", json={"areas": [CORNERS]}).json() == {"areas": [CORNERS]}
    crossed = client.put("/safety/no-fly", json={"areas": [CROSSED]})
    assert crossed.status_code == 422
    assert "crosses or touches itself" in crossed.json()["detail"]
    assert client.get("/safety/no-fly").json() == {"areas": [CORNERS]}
    assert client.put("/safety/no-fly", json={"areas": []}).json() == {"areas": []}
