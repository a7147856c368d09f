"""The examples shown to who connects an application: the tests run them as the page shows them."""

from pathlib import Path

FOLDER = Path(__file__).parent


def read(name: str, real: dict[str, str]) -> str:
    """Return an example whose addresses become those of the tests; each must be there."""
    text = (FOLDER / name).read_text()
    for written, used in real.items():
        assert written in text, f"{name} does not hold {written}"
        text = text.replace(written, used)
    return text
