"""The configuration, read once. config.example.yaml explains every key."""

from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, SecretStr, model_validator

from indexer import LANGUAGES, ConfigError, Settings, Strict, load


class Webhook(Strict):
    """Telegram calls this address; without it the bot polls."""

    url: str
    listen: str = "127.0.0.1"
    port: int = Field(8443, ge=1, le=65535)
    secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.url.startswith("https://"):
            raise ValueError("Telegram calls only https:// addresses")
        if len(self.secret.get_secret_value()) < 16:
            raise ValueError("`secret` needs at least 16 characters (A-Z, a-z, 0-9, _ and -)")
        return self


class Telegram(Strict):
    """The Telegram bot; without a token the local web chat starts instead."""

    token: SecretStr = SecretStr("")
    base_url: str = "https://api.telegram.org/bot"
    webhook: Webhook | None = None
    workers: int = Field(16, ge=1, le=256)


class Web(Strict):
    """The local web chat. It has no sign-in, so it belongs on this machine only."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)


class Config(Settings):
    """The whole configuration."""

    telegram: Telegram = Telegram()
    web: Web = Web()
    admins: tuple[int, ...] = ()
    database: str = "sqlite+aiosqlite:///data/protect.db"
    contacts: Path = Path("corpus/contacts.example.yaml")
    language: str = "en"
    # Private, so that no key of the file can set it.
    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file that the configuration was read from; None when there was none."""
        return self._path

    @model_validator(mode="after")
    def _values_are_known(self) -> Self:
        if self.language not in LANGUAGES:
            raise ValueError(f"language: {self.language!r} is not one of {', '.join(LANGUAGES)}")
        if not self.database.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError(
                "database: allowed are sqlite+aiosqlite:///FILE and postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
            )
        return self


def load_config(path: Path | None = None) -> Config:
    """The configuration from a file; defaults when there is none. Raises ConfigError."""
    config = load(Config, path)
    base = (path or Path("config.yaml")).resolve().parent
    # A directory left out by a slip of the pen would look as if nobody had consented.
    if "contacts" in config.model_fields_set and not (base / config.contacts).is_file():
        raise ConfigError(f"{path or 'config.yaml'}: contacts: there is no file {base / config.contacts}.")
    sqlite = "sqlite+aiosqlite:///"
    database = config.database
    if database.startswith(sqlite) and not database.startswith((sqlite + "/", sqlite + ":")):
        database = f"{sqlite}{base / database.removeprefix(sqlite)}"
    read = config.model_copy(update={"database": database, "contacts": base / config.contacts})
    found = path or Path("config.yaml")
    read._path = found.resolve() if found.exists() else None
    return read
