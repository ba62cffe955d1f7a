"""STATUSTEXT put together from its pieces; pure, owned by one thread."""

from app.vehicle.frames import Message

PIECE = 50  # bytes of one message; a shorter one is the last


class TextAssembly:
    """Texts longer than one message come in pieces that share an id; what is missing of them is shown as "…"."""

    def __init__(self) -> None:
        self._id = 0
        self._pieces: dict[int, str] = {}

    def add(self, message: Message) -> str:
        """Take one message; returns the text that is complete with it, or an empty one."""
        piece = _words(message.text)
        if not message.id:
            return piece
        if message.id != self._id:
            self._id, self._pieces = message.id, {}
        self._pieces[message.chunk_seq] = piece
        if len(piece.encode()) >= PIECE:
            return ""
        self._id = 0
        return "".join(self._pieces.get(at, "…") for at in range(max(self._pieces) + 1))


def _words(text: str | bytes) -> str:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return decoded.split("\0", 1)[0]
