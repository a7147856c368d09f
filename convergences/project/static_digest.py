"""One name for the whole set of static files, part of their addresses.

Any change gives every file a new address, so that browsers may keep them for ever; relative addresses inside style
sheets hold without being rewritten, and nothing has to be collected first.
"""

import hashlib
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path

LENGTH = 12


def static_digest(applications: Iterable[str]) -> str:
    """Return a short digest of the names and contents of the applications' static files."""
    digest = hashlib.blake2b(digest_size=LENGTH // 2)
    for folder in _static_folders(applications):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _static_folders(applications: Iterable[str]) -> Iterator[Path]:
    for name in applications:
        package = importlib.util.find_spec(name)
        for location in package.submodule_search_locations or [] if package else []:
            folder = Path(location) / "static"
            if folder.is_dir():
                yield folder
