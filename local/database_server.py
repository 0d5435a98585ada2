"""A private MariaDB or MySQL, whichever the system has."""

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.server import Server
from local.tied import tied
from moodstream.errors import ConfigurationError, MoodstreamError

OPTIONS = (
    "--bind-address=127.0.0.1",
    "--socket=server.sock",  # within the data directory: a whole path may be longer than a socket's may be
    "--pid-file=server.pid",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--default-time-zone=+00:00",
    "--max-allowed-packet=64M",
    "--performance-schema=OFF",
    "--skip-log-bin",
    "--loose-mysqlx=OFF",  # MySQL alone has it, and would take a port of its own for it
)
MEGABYTE = 2**20
LEAST_MEMORY, MOST_MEMORY = 128 * MEGABYTE, 2048 * MEGABYTE
# Run by the server before it takes connections, so no account is ever without a password.
ACCOUNT = """\
ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';
CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
"""


def memory_share() -> int:
    """An eighth of this machine's memory in bytes, from 128 MB to 2 GB: for a server beside everything else."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(whole // 8, LEAST_MEMORY), MOST_MEMORY)


def find_binary() -> str | None:
    """The database server of this system; Debian keeps it out of the PATH of ordinary users."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"))
    return shutil.which("mariadbd", path=path) or shutil.which("mysqld", path=path)


class DatabaseServer(Server):
    """A database server with the administrator `user` and `password`, for connections to `host` and `port`.

    It keeps up to `memory` bytes of its tables in memory; `options` are more of the server's own.
    """

    name = "MySQL"
    user = "root"

    def __init__(self, directory: Path, port: int, memory: int = LEAST_MEMORY, options: Sequence[str] = ()) -> None:
        super().__init__(directory, port)
        self.memory = memory
        self._options = options

    @property
    def password(self) -> str:
        """The administrator's password, drawn when the data directory was made."""
        return (self.directory / "password").read_text(encoding="utf-8")

    @property
    def settings(self) -> dict[str, Any]:
        """Where it is and who its administrator is, in the names of `moodstream.settings.Settings`."""
        place = {"mysql_host": self.host, "mysql_port": self.port}
        return place | {"mysql_admin_user": self.user, "mysql_admin_password": self.password}

    def wait(self) -> None:
        super().wait()
        self._init_file.unlink(missing_ok=True)

    @property
    def _init_file(self) -> Path:
        return self.directory / "account.sql"

    def _prepare(self) -> Sequence[str | Path]:
        binary = find_binary()
        if binary is None:
            raise ConfigurationError("There is no MariaDB or MySQL server on this machine: run make setup.")
        data = (self.directory / "data").resolve()
        if not (self.directory / "password").exists():
            self._initialise(binary, data)
        account = (f"--init-file={self._init_file.resolve()}",) if self._init_file.exists() else ()
        # Temporary files beside the data: in a shared folder, a server that starts removes those of the others.
        # MySQL's own default for files from and to tables need not exist, and then it would not start.
        place = (f"--datadir={data}", f"--secure-file-priv={data}", f"--port={self.port}", f"--tmpdir={data.parent}")
        return (binary, "--no-defaults", *_account(), *place, *OPTIONS, *_sizes(self.memory), *self._options, *account)

    def _initialise(self, binary: str, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)  # what an interrupted attempt left
        installer = shutil.which("mariadb-install-db") if _is_mariadb(binary) else None
        if installer:
            # By socket, root has no password that one could guess until the server's first start.
            command = [installer, "--no-defaults", "--auth-root-authentication-method=socket", "--skip-test-db"]
        else:
            command = [binary, "--no-defaults", "--initialize-insecure"]
        self._run([*command, *_account(), f"--datadir={data}", f"--tmpdir={data.parent}"])
        password = secrets.token_urlsafe(24)
        _write_private(self._init_file, ACCOUNT.format(password=password))
        _write_private(self.directory / "password", password)

    def _run(self, command: Sequence[str]) -> None:
        ended = subprocess.run(  # noqa: S603
            tied(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if ended.returncode:
            raise MoodstreamError(f"{command[0]} could not make a database in {self.directory}: {ended.stdout.strip()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=2) as connection:
                return len(connection.recv(5)) == 5  # it greets who connects, once it is ready
        except OSError:
            return False


def _account() -> tuple[str, ...]:
    """Servers refuse to run as root, unless told so."""
    return ("--user=root",) if os.geteuid() == 0 else ()


def _sizes(memory: int) -> Sequence[str]:
    """A log too small for its tables makes a server write them out all the time; MySQL has another name for it."""
    log = max(memory // 4, 96 * MEGABYTE)
    pool = f"--innodb-buffer-pool-size={memory}"
    return (pool, f"--loose-innodb-log-file-size={log}", f"--loose-innodb-redo-log-capacity={log}")


def _is_mariadb(binary: str) -> bool:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return "MariaDB" in said


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
