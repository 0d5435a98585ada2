"""Settings about encryption that do not go together, and files that are not what they should be."""

import re
from pathlib import Path

import pytest

from moodstream import tls
from moodstream.errors import ConfigurationError
from moodstream.settings import Settings
from tests.certificates import Authority

TLS, LOGIN = {"kafka_security_protocol": "SSL"}, {"kafka_security_protocol": "SASL_PLAINTEXT"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an authority: what it issued as `one` and `two`, and a file of the text that is in `no.pem`."""
    folder = tmp_path_factory.mktemp("files") / "ours"
    authority = Authority(folder)
    authority.issue("one")
    authority.issue("two")
    (folder / "no.pem").write_text("no certificate")
    return folder


def check(folder: Path, given: dict[str, str]) -> None:
    paths = {name: folder / value if "tls" in name else value for name, value in given.items()}
    tls.check(Settings(_env_file=None, **paths))


@pytest.mark.parametrize("server", ["kafka", "mysql"])
@pytest.mark.parametrize("names", [("ca",), ("ca", "certificate", "key")])
def test_files_that_belong_together_are_taken(folder: Path, server: str, names: tuple[str, ...]) -> None:
    files = {"ca": "ca.pem", "certificate": "one.crt", "key": "one.key"}
    given = {f"{server}_tls_{name}": files[name] for name in names}
    check(folder, given | (TLS if server == "kafka" else {}))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"mysql_tls_ca": "no-such.pem"}, "MYSQL_TLS_CA"),
        ({"mysql_tls_ca": "no.pem"}, "MYSQL_TLS_CA"),
        ({"mysql_tls_ca": "."}, "MYSQL_TLS_CA"),
        ({"mysql_tls_certificate": "one.crt", "mysql_tls_key": "one.key"}, "MYSQL_TLS_CA"),
        ({"mysql_tls_ca": "ca.pem", "mysql_tls_key": "one.key"}, "MYSQL_TLS_CERTIFICATE"),
        (TLS | {"kafka_tls_ca": "no.pem"}, "KAFKA_TLS_CA"),
        (TLS | {"kafka_tls_certificate": "one.crt"}, "KAFKA_TLS_KEY"),
        (TLS | {"kafka_tls_certificate": "one.crt", "kafka_tls_key": "two.key"}, "KAFKA_TLS_KEY"),
        (TLS | {"kafka_tls_certificate": "no.pem", "kafka_tls_key": "one.key"}, "KAFKA_TLS_CERTIFICATE"),
        ({"kafka_tls_ca": "ca.pem"}, "KAFKA_TLS_CA has no effect while KAFKA_SECURITY_PROTOCOL is PLAINTEXT"),
        (LOGIN | {"kafka_tls_ca": "ca.pem"}, "KAFKA_SASL_USERNAME"),
        (LOGIN | {"kafka_sasl_username": "a"}, "KAFKA_SASL_PASSWORD"),
        (TLS | {"kafka_sasl_username": "a"}, "KAFKA_SASL_USERNAME has no effect"),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_one_sentence_that_names_the_setting(
    folder: Path, given: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(named)) as refusal:
        check(folder, given)
    assert len(str(refusal.value).splitlines()) == 1
