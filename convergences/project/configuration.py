"""Settings of an installation: read once, strictly, from the environment or a file (CONVERGENCES_…)."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from convergences.foundations.errors import Misconfigured
from convergences.foundations.smtp_url import is_mailbox, smtp_of

PREFIX = "CONVERGENCES_"
SECRET_LENGTH = 32


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("attendu : une adresse sans chemin, par exemple https://convergences.exemple.fr")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("attendu : sqlite:///… ou postgresql://…")
    return value


def _cache_url(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("attendu : rien, ou redis://…")
    return value


def _email_url(value: str) -> str:
    if not is_mailbox(value):
        smtp_of(value)
    return value


def _networks(values: list[str]) -> list[str]:
    for value in values:
        try:
            _ = value == "unix" or ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise ValueError(f"« {value} » n’est ni une adresse IP ni un réseau (exemple : 10.0.0.0/24)") from None
    return values


Words = Annotated[list[str], NoDecode, BeforeValidator(_as_list)]
Networks = Annotated[list[str], NoDecode, BeforeValidator(_as_list), AfterValidator(_networks)]


class FromFiles(PydanticBaseSettingsSource):
    """`CONVERGENCES_X_FILE` names a file whose content is the value of X: secrets stay out of the environment."""

    def get_field_value(self, _field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the field's file, or None when no file is named."""
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(name)
        try:
            return (Path(path).read_text().strip() if path else None), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(
                [f"{name} : le fichier {path} ne peut pas être lu ({type(error).__name__})."]
            ) from error

    def __call__(self) -> dict[str, Any]:
        """Return the values of all fields that are given by a file."""
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Configuration(BaseSettings):
    """What an operator may set. Unknown keys of `convergences.toml` are errors."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid")
    # Django's settings ask each of their values for it at each reading, and pydantic is slow to say that it has none.
    _mask_wrapped: ClassVar[bool] = True

    base_url: Annotated[str, AfterValidator(_base_url)] = "http://127.0.0.1:8000"
    secret_key: str = Field(min_length=SECRET_LENGTH)
    secret_key_fallbacks: Words = []
    second_factor_key: str = Field(default="", pattern=f"^(.{{{SECRET_LENGTH},}})?$")
    second_factor_key_fallbacks: Words = []
    second_factor_grace_days: int = Field(default=14, ge=0, le=365)
    recovery_delay_hours: int = Field(default=24, ge=0, le=168)
    mail_second_step: bool = False
    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///var/convergences.sqlite3"
    cache_url: Annotated[str, AfterValidator(_cache_url)] = ""
    email_url: Annotated[str, AfterValidator(_email_url)] = "mailbox:"
    email_from: str = "CONVERGENCES <ne-pas-repondre@cig.example>"
    media_root: Path = Path("var/media")
    trusted_proxies: Networks = []
    allowed_hosts: Words = []
    outbound_networks: Networks = []
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
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by name; no .env file is ever read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - `FromFiles` is ours
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: given in code, environment, files named by the environment, `convergences.toml`."""
        toml = os.environ.get(f"{PREFIX}CONFIG")
        sources = (init_settings, env_settings, FromFiles(settings_cls))
        return (*sources, TomlConfigSettingsSource(settings_cls, toml)) if toml else sources


def read() -> Configuration:
    """Return the settings of this installation; raises `Misconfigured` with one French sentence per fault."""
    try:
        return Configuration()  # type: ignore[call-arg]  # fields come from the environment
    except ValidationError as error:
        raise Misconfigured([_sentence(fault) for fault in error.errors(include_input=False)]) from None
    except (OSError, ValueError) as error:  # convergences.toml absent, or no TOML
        raise Misconfigured([f"{PREFIX}CONFIG : le fichier ne peut pas être lu ({error})."]) from error


def unknown_variables() -> list[str]:
    """Return the variables of the environment that look like ours and that nothing reads: a typing mistake."""
    fields = {f"{PREFIX}{name.upper()}" for name in Configuration.model_fields}
    known = fields | {f"{name}_FILE" for name in fields} | {f"{PREFIX}CONFIG"}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _sentence(fault: Any) -> str:
    """Return what is wrong and what to do. Never the value: it may be a secret."""
    name = str(fault["loc"][0]) if fault["loc"] else ""
    variable = f"{PREFIX}{name.upper()}"
    if name in ("secret_key", "second_factor_key"):
        return (
            f"{variable} manque ou compte moins de {SECRET_LENGTH} caractères. Créez un secret, par exemple avec "
            f"« openssl rand -base64 48 », et donnez-le par {variable} ou par un fichier nommé dans {variable}_FILE."
        )
    if fault["type"] == "extra_forbidden":
        return f"« {name} » n’est pas un réglage connu : retirez-le de {os.environ.get(f'{PREFIX}CONFIG')}."
    if fault["type"] == "value_error":
        return f"{variable} : {fault['ctx']['error']}."
    expected = {"string_pattern_mismatch": "console ou json", "bool_parsing": "true ou false"}
    return (
        f"{variable} : valeur refusée{', attendu : ' + expected[fault['type']] if fault['type'] in expected else ''}."
    )
