"""Which role a request needs and whether it commands the vehicle; a table, the server's thread.

What is not named here and changes something needs an operator: a new route is closed to viewers until it is opened.
"""

from app.domain.access import Role

PREFIX = "/api/v1"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = frozenset({"/", "/docs", "/favicon.svg"})
OPEN_FOLDERS = ("/assets/", "/swagger/")  # static files of the browser client
OPEN_ROUTES = frozenset({"/health/live", "/auth/session", "/auth/token", "/auth/refresh", "/auth/pairing"})
ADMIN_ROUTES = ("/users", "/keys", "/audit", "/sessions", "/store", "/webhooks", "/mission/force")
OWN_ROUTES = ("/auth/",)  # of whoever asks: a viewer too may sign out or change the own password
STOP = "/safety/emergency-stop"
COMMANDS = ("/vehicle/", "/search/", "/homing/", "/mission/", "/safety/")
WITHOUT_CONTROL = frozenset({  # stopping, and what leaves the vehicle alone
    STOP, "/homing/disable", "/mission/stop", "/search/preview", "/search/file", "/vehicle/parameters/compare",
    "/vehicle/playback",
})  # fmt: skip


def needed(method: str, path: str) -> Role | None:
    """The role that a request needs; None: anybody may ask. A WebSocket has the method "GET"."""
    if not path.startswith(f"{PREFIX}/"):
        free = path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
        return None if free and method in SAFE else Role.VIEWER
    route = path.removeprefix(PREFIX)
    if route in OPEN_ROUTES:
        return None
    if route.startswith(ADMIN_ROUTES):
        return Role.ADMIN
    if method in SAFE or route == STOP or route.startswith(OWN_ROUTES):
        return Role.VIEWER
    return Role.OPERATOR


def commands_vehicle(method: str, path: str) -> bool:
    """Whether a request needs control of the vehicle."""
    route = path.removeprefix(PREFIX)
    if method == "POST" and route.startswith("/estimate/") and route.endswith("/bearings/turn"):
        return True  # the vehicle is turned; ending a turn (DELETE) is open, as stopping is
    return method not in SAFE and route.startswith(COMMANDS) and route not in WITHOUT_CONTROL
