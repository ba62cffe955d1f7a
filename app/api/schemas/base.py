"""What all wire models have in common; any thread."""

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """A model on the wire; unknown fields are an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LatLonOut(Wire):
    """A position, WGS 84."""

    lat_deg: float = Field(description="Latitude, degrees north", examples=[47.3977])
    lon_deg: float = Field(description="Longitude, degrees east", examples=[8.5456])


class LatLonIn(Wire):
    lat_deg: float = Field(ge=-90.0, le=90.0, description="Latitude, degrees north", examples=[47.3977])
    lon_deg: float = Field(ge=-180.0, le=180.0, description="Longitude, degrees east", examples=[8.5456])
