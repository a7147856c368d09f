"""Static files: kept for ever by browsers, compressed once on this machine, whatever version a page comes from."""

import gzip
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import structlog
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

log = structlog.get_logger("convergences.web")

COMPRESSED = frozenset({".css", ".js", ".svg", ".html", ".txt", ".json", ".map"})
KEPT_SECONDS = 7 * 24 * 3600
_ANY_VERSION = re.compile(r"^/static/[0-9a-f]{12}/")


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise is not typed
    """WhiteNoise over the applications' folders, or over their compressed copy where `prepare` has made one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        if settings.STATIC_PREPARED.is_dir():
            self.add_files(str(settings.STATIC_PREPARED), prefix=self.static_prefix)

    def __call__(self, request: HttpRequest) -> Any:
        """Answer for a static file, or pass on."""
        found = self.files.get(request.path_info)
        if found is not None:
            return self.serve(found, request)
        present = _ANY_VERSION.sub(str(self.static_prefix), request.path_info)
        if present != request.path_info and present in self.files:
            # A page of another version, while servers are being replaced: dressed as well as can be, and not for
            # long, or this file would stay under the other's address for ever.
            response = self.serve(self.files[present], request)
            response["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)

    def immutable_file_test(self, _path: str, url: str) -> bool:
        """Say that what bears the version in its address never changes."""
        return url.startswith(str(self.static_prefix))


def prepare(folder: Path) -> int:
    """Copy every static file into `folder`, with compressed siblings where it is worth it; return how many.

    0 when it was done already, or cannot be: then files are served from the packages, uncompressed.
    """
    if folder.is_dir():
        return 0
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".preparing-"))
        count = _copy_all(work)
        work.chmod(0o755)
        work.rename(folder)
        _forget_others(folder)
    except OSError as error:
        log.warning("static files are served uncompressed", error=str(error))
        return 0
    return count


def _copy_all(work: Path) -> int:
    count = 0
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            target = work / name
            if target.exists():
                continue  # the first application that has it wins, as for Django
            target.parent.mkdir(parents=True, exist_ok=True)
            content = Path(storage.path(name)).read_bytes()
            target.write_bytes(content)
            if target.suffix in COMPRESSED:
                _pack(target, content)
            count += 1
    return count


def _pack(target: Path, content: bytes) -> None:
    """Lay the siblings that WhiteNoise gives: Brotli (RFC 7932) for browsers over TLS, gzip for the others."""
    for suffix, packed in ((".br", brotli.compress(content)), (".gz", gzip.compress(content, mtime=0))):
        if len(packed) < len(content):
            Path(f"{target}{suffix}").write_bytes(packed)


def _forget_others(folder: Path) -> None:
    """Remove the copies of versions older than a week, and what an interrupted preparation has left."""
    for other in folder.parent.iterdir():
        if other != folder and other.is_dir() and time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
