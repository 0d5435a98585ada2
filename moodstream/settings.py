"""Every setting of every service: name, default and meaning, in one table.

A setting is read from the environment, then from `.env`, then from what `make up` wrote about the
servers that it started. `docs/configuration.md` is generated from this file.
"""

import os
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from moodstream.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
ENV_FILE = ROOT / ".env"
# A private server's file counts only where the user has not named a server of their own.
LOCAL_FILES = {"KAFKA_BOOTSTRAP_SERVERS": LOCAL / "kafka.env", "MYSQL_HOST": LOCAL / "mysql.env"}

Role = Literal["connector", "batch", "dashboard", "admin"]


class Settings(BaseSettings):
    """The settings of one process, read once at its start."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    kafka_bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka brokers: `host:port`, by commas")
    kafka_partitions: int = Field(3, ge=1, description="Partitions of a topic, when a service has to make it")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Whether to speak to brokers by TLS (SSL), and with a log-in (SASL)"
    )
    kafka_tls_ca: Path | None = Field(
        None, description="File of the CA certificates that brokers are verified by, if not the system's"
    )
    kafka_tls_certificate: Path | None = Field(None, description="Our own certificate, where brokers demand one")
    kafka_tls_key: Path | None = Field(None, description="Key of KAFKA_TLS_CERTIFICATE, without a passphrase")
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How the log-in to brokers shows the password"
    )
    kafka_sasl_username: str = Field("", description="Account that brokers know us by")
    kafka_sasl_password: SecretStr = Field(SecretStr(""), description="Password of KAFKA_SASL_USERNAME")

    mysql_host: str = Field("127.0.0.1", description="Host of MySQL 8.4 or newer, or MariaDB 10.11 or newer")
    mysql_port: int = Field(3306, ge=1, le=65535, description="Port of the database server")
    mysql_database: str = Field("music_mood", pattern=r"^\w{1,64}$", description="Name of the database")
    mysql_user: str = Field("moodstream_connector", description="Account of the connector: writes and migrates")
    mysql_password: SecretStr = Field(SecretStr(""), description="Password of MYSQL_USER")
    mysql_batch_user: str = Field("moodstream_batch", description="Account of the batch processor")
    mysql_batch_password: SecretStr = Field(SecretStr(""), description="Password of MYSQL_BATCH_USER")
    mysql_dashboard_user: str = Field(
        "moodstream_dashboard", description="Account of dashboard and playlists: reads only"
    )
    mysql_dashboard_password: SecretStr = Field(SecretStr(""), description="Password of MYSQL_DASHBOARD_USER")
    mysql_admin_user: str = Field("root", description="Account that `mysql_connector.py --init` uses")
    mysql_admin_password: SecretStr = Field(SecretStr(""), description="Password of MYSQL_ADMIN_USER")
    mysql_tls_ca: Path | None = Field(
        None, description="File of the CA certificates that the database server is verified by; demands TLS"
    )
    mysql_tls_certificate: Path | None = Field(None, description="Our own certificate, where an account demands one")
    mysql_tls_key: Path | None = Field(None, description="Key of MYSQL_TLS_CERTIFICATE, without a passphrase")

    dashboard_host: str = Field("127.0.0.1", description="Address that the dashboard listens on")
    dashboard_port: int = Field(8051, ge=1, le=65535, description="Port that the dashboard listens on")
    dashboard_password: SecretStr = Field(
        SecretStr(""), description="Password of the dashboard; needed where others than this machine can reach it"
    )
    api_keys_file: Path = Field(
        Path("~/.local/share/moodstream/api-keys.json"),
        description="Where the keys of the API are kept, hashed; `dashboard.py --add-key` makes them",
    )
    api_requests_per_second: int = Field(
        1000,
        ge=1,
        description="Requests to the API that one key, or one address, may make a second; a fiftieth of what is dear",
    )

    face_moods: str = Field(
        "happy=Happy, surprised=Happy, neutral=Calm, angry=Energetic, fearful=Energetic, sad=Sad, disgusted=Sad",
        description="The mood that each emotion of a face stands for; all seven have to be said",
    )

    lastfm_api_key: SecretStr = Field(SecretStr(""), description="API key of Last.fm, for `stream_music.py lastfm`")
    lastfm_username: str = Field("", description="Whose plays `stream_music.py lastfm` follows")

    playlist_seconds: float = Field(5.0, gt=0, description="Least seconds between two playlists of a listener")
    cache_dir: Path = Field(
        Path("~/.cache/moodstream"), description="Where analysed audio is remembered, and Kafka is kept once fetched"
    )
    model_dir: Path = Field(
        Path("~/.local/share/moodstream"),
        description="Where a mood model of your own lies, once `batch_processor.py --train` made one",
    )
    telemetry_host: str = Field("127.0.0.1", description="Address of a service's `/healthz` and `/metrics`")
    telemetry_port: int | None = Field(
        None, ge=0, le=65535, description="Port of `/healthz` and `/metrics`; each service has a default of its own"
    )
    telemetry_targets: str = Field(
        "",
        description="Where the page asks the services how they are, if not on TELEMETRY_HOST: "
        "`name=host:port`, by commas; a name may come more than once",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much the services log")

    def account(self, role: Role) -> tuple[str, str]:
        """The user and password that a role logs in to the database with."""
        prefix = "mysql" if role == "connector" else f"mysql_{role}"
        password: SecretStr = getattr(self, f"{prefix}_password")
        return getattr(self, f"{prefix}_user"), password.get_secret_value()


def load() -> Settings:
    """Read the settings of this process.

    Raises:
        ConfigurationError: a value is not of its type or out of its range.
    """
    named = {key for key, value in (dotenv_values(ENV_FILE) | os.environ).items() if value}
    files = [file for key, file in LOCAL_FILES.items() if key not in named]
    try:
        return Settings(_env_file=(*files, ENV_FILE))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise ConfigurationError(
            f"{name} is {first['input']!r}, but {first['msg'].lower()}: correct it in the environment or in .env."
        ) from error
