"""Archives written as they are sent: memory holds one file of theirs at a time."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

QUICK = 1  # compression that keeps up with what is written


class Sent(io.RawIOBase):
    """What an archive is written to, and that gives it away bit by bit: it cannot go back."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        """Say that this is written to."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep what comes until it is taken."""
        self._kept += data
        return memoryview(data).nbytes

    def taken(self) -> bytes:
        """Return what came since the last time."""
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


def zipped(parts: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield an archive of these files, by name and content."""
    sent = Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as archive:
        for name, content in parts:
            archive.writestr(name, content)
            yield sent.taken()
    yield sent.taken()
