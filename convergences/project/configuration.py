"""Settings of an installation: read once, strictly, from the environment or a file (CONVERGENCES_…)."""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "CONVERGENCES_"


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


Words = Annotated[list[str], NoDecode, BeforeValidator(_as_list)]


class FromFiles(PydanticBaseSettingsSource):
    """`CONVERGENCES_X_FILE` names a file whose content is the value of X: secrets stay out of the environment."""

    def get_field_value(self, _field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the field's file, or None when no file is named."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values of all fields that are given by a file."""
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Configuration(BaseSettings):
    """What an operator may set. Unknown keys of `convergences.toml` are errors."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = Field(min_length=32)
    secret_key_fallbacks: Words = []
    database_url: str = "sqlite:///var/convergences.sqlite3"
    cache_url: str = ""
    email_url: str = "mailbox:"
    email_from: str = "CONVERGENCES <ne-pas-repondre@cig.example>"
    media_root: Path = Path("var/media")
    trusted_proxies: Words = []
    allowed_hosts: Words = []
    outbound_networks: Words = []
    log_format: str = Field(default="console", pattern="^(console|json)$")
    metrics_token: str = ""
    demo: bool = False
    maintenance_until: str = ""
    support_email: str = "assistance@cig.example"
    dpo_email: str = "dpo@cig.example"
    accessibility_email: str = "accessibilite@cig.example"
    center_name: str = "CIG petite couronne"
    center_address: str = "1 rue Lucienne-Gérain, 93698 Pantin Cedex"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        **_others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: given in code, environment, files named by the environment, `convergences.toml`."""
        toml = os.environ.get(f"{PREFIX}CONFIG")
        sources = (init_settings, env_settings, FromFiles(settings_cls))
        return (*sources, TomlConfigSettingsSource(settings_cls, toml)) if toml else sources
