"""The facts in a stretch of recorded frames, by vehicle; pure, owned by one thread."""

from app.domain.vehicle import Telemetry, VehicleMessage
from app.vehicle.frames import Frame
from app.vehicle.picture import Picture, begins


class Tracks:
    """Takes frames with the times of the recording; a vehicle that boots again begins anew."""

    def __init__(self) -> None:
        self.facts: list[Telemetry | VehicleMessage] = []
        self.simulated = False
        self._pictures: dict[int, Picture] = {}

    def hear(self, frame: Frame, time_s: float) -> None:
        picture = self._pictures.get(frame.system)
        if picture is None:
            if not begins(frame):
                return
            picture = self._pictures[frame.system] = Picture(frame.system, frame.component, time_s)
        if picture.component != frame.component:
            return
        fact = picture.hear(frame, time_s)
        if fact is not None:
            self.facts.append(fact)
        self.simulated = self.simulated or picture.state.simulated
        if picture.rebooted:
            self._pictures[frame.system] = Picture(frame.system, frame.component, time_s)
