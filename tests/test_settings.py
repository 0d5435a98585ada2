"""Where a setting comes from, and what a wrong one says."""

from pathlib import Path

import pytest

from moodstream import settings
from moodstream.errors import ConfigurationError


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the repository's own .env and .local, and an environment without settings."""
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    local = {key: tmp_path / file.name for key, file in settings.LOCAL_FILES.items()}
    monkeypatch.setattr(settings, "LOCAL_FILES", local)
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    return tmp_path


def test_every_setting_has_a_default_and_a_meaning(files: Path) -> None:
    assert settings.load().dashboard_port == 8051
    assert all(field.description for field in settings.Settings.model_fields.values())
    assert list(files.iterdir()) == []


def test_the_environment_comes_before_dotenv_and_dotenv_before_what_make_up_wrote(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "mysql.env").write_text("MYSQL_DATABASE=local\nMYSQL_PORT=1\nMYSQL_PASSWORD=a\n")
    (files / ".env").write_text("MYSQL_DATABASE=dotenv\nMYSQL_PORT=2\n")
    monkeypatch.setenv("MYSQL_DATABASE", "environment")
    loaded = settings.load()
    assert (loaded.mysql_database, loaded.mysql_port, loaded.account("connector")[1]) == ("environment", 2, "a")


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_the_private_servers_of_make_up_do_not_mix_with_a_server_of_ones_own(
    files: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (files / "mysql.env").write_text("MYSQL_HOST=127.0.0.1\nMYSQL_PORT=3307\nMYSQL_PASSWORD=private\n")
    (files / "kafka.env").write_text("KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9093\n")
    if where == ".env":
        (files / ".env").write_text("MYSQL_HOST=db.example\n")
    else:
        monkeypatch.setenv("MYSQL_HOST", "db.example")
    loaded = settings.load()
    assert (loaded.mysql_host, loaded.mysql_port, loaded.account("connector")[1]) == ("db.example", 3306, "")
    assert loaded.kafka_bootstrap_servers == "127.0.0.1:9093"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MYSQL_PORT", "many"), ("MYSQL_PORT", "70000"), ("LOG_LEVEL", "LOUD"), ("MYSQL_DATABASE", "a`b")],
)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(
    files: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert files.is_dir()
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=rf"^{name} is '{value}', but .*: correct it .*\.$"):
        settings.load()


def test_passwords_do_not_show() -> None:
    assert "hush" not in repr(settings.Settings(_env_file=None, mysql_password="hush", lastfm_api_key="hush"))


def test_each_role_has_an_account_of_its_own() -> None:
    roles = ("connector", "batch", "dashboard", "admin")
    assert len({settings.Settings(_env_file=None).account(role)[0] for role in roles}) == 4
