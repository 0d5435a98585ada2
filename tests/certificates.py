"""Certificates as a test needs them: of an authority that is trusted, of a stranger, and out of date."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives import serialization

HOST = "127.0.0.1"
LONG_AGO = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2021, 1, 1, tzinfo=UTC)}


class Authority:
    """A CA. What it issues lies in a folder of its own: `name.crt`, `name.key`, and both in `name.pem`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._authority = folder, trustme.CA()
        self.file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def issue(self, name: str, identity: str = HOST, **validity: Any) -> Path:
        """The path of what was issued, without an extension."""
        issued = self._authority.issue_cert(identity, **validity)
        key = _pkcs8(issued.private_key_pem.bytes())
        chain = b"".join(part.bytes() for part in issued.cert_chain_pems)
        place = self._folder / name
        for extension, content in {".key": key, ".crt": chain, ".pem": key + chain}.items():
            place.with_suffix(extension).write_bytes(content)
        return place


def _pkcs8(key: bytes) -> bytes:
    """A key in the only form that Java reads."""
    return serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
