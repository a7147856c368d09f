"""Secrets of a file: written in it, or named by an environment variable or another file."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Secret:
    """Where a secret is. Its value is read when it is used, and never printed."""

    source: str
    name: str = field(repr=False)

    @classmethod
    def read(cls, value: Any) -> "Secret":
        """Return the secret that a value of the file stands for; raises `ValueError` with the French remedy."""
        if isinstance(value, str) and value:
            return cls("text", value)
        if isinstance(value, dict) and len(value) == 1:
            source, name = next(iter(value.items()))
            if source in {"env", "file"} and isinstance(name, str) and name:
                return cls(source, name)
        raise ValueError("un secret s'écrit {env: NOM_DE_VARIABLE}, {file: chemin} ou en texte entre guillemets")

    def value(self, folder: Path) -> str:
        """Return the secret; `folder` is that of the file which names it. Raises `ValueError` with the remedy."""
        if self.source == "text":
            return self.name
        if self.source == "env":
            return self._filled(os.environ.get(self.name, ""), f"la variable d'environnement {self.name} est vide")
        try:
            content = (folder / self.name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(
                f"le fichier {self.name} ne peut pas être lu : vérifiez son chemin et ses droits"
            ) from error
        return self._filled(content, f"le fichier {self.name} est vide")

    @staticmethod
    def _filled(value: str, otherwise: str) -> str:
        if not value:
            raise ValueError(f"{otherwise} : donnez-lui le secret")
        return value
