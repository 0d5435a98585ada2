"""Who is let in: whoever has said the password, by a cookie that remembers it or with every request (HTTP Basic)."""

import base64
import binascii
import hashlib
import hmac
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil

from starlette.datastructures import Headers
from starlette.types import Scope

COOKIE = "moodstream"
KEPT_SECONDS = 30 * 86400

FREE_GUESSES = 5
LONGEST_WAIT = 60.0
FORGOTTEN_AFTER = 900.0
MOST_ADDRESSES = 10_000


class Guesses:
    """Wrong passwords by the address that they came from: after a few, each further one doubles the wait.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until the next guess is looked at."""
        count, last = self._wrong.get(address, (0, 0.0))
        if count < FREE_GUESSES:
            return 0.0
        doublings = min(count - FREE_GUESSES, int(LONGEST_WAIT))  # a float has no room for those of a day
        return max(0.0, last + min(2.0**doublings, LONGEST_WAIT) - self._clock())

    def wrong(self, address: str) -> None:
        """A guess was wrong."""
        count, last = self._wrong.pop(address, (0, 0.0))
        known = count if self._clock() - last < FORGOTTEN_AFTER else 0
        self._wrong[address] = known + 1, self._clock()
        if len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """A guess was right."""
        self._wrong.pop(address, None)


class Door:
    """Lets in whoever knows the password; everybody, where there is none.

    What signs the cookies follows from the password alone, so that they outlive the process, and none of them a
    change of the password. It is made slowly, so that a cookie that was stolen helps little to guess the password.

    Args:
        password: empty for none.
        clock: seconds since 1970.
        guesses: what is known of those who guess.
    """

    def __init__(self, password: str, clock: Callable[[], float] = time.time, guesses: Guesses | None = None) -> None:
        self.locked = bool(password)
        self._clock, self._guesses = clock, guesses or Guesses()
        self._password = _digest(password)
        self._key = hashlib.scrypt(_plain(password), salt=b"moodstream dashboard", n=2**14, r=8, p=1)

    def admits(self, scope: Scope) -> bool:
        """Whether a request comes from somebody who has said the password. A wrong one in it counts as a guess."""
        if not self.locked:
            return True
        headers = Headers(scope=scope)
        if any(self._holds(value) for value in _cookies(headers)):
            return True
        given = _basic(headers.get("authorization", ""))
        return given is not None and self.opens(given, scope)

    def opens(self, password: str, scope: Scope) -> bool:
        """Whether this is the password; a wrong one counts against where it came from."""
        if self.wait(scope):
            return False
        if hmac.compare_digest(_digest(password), self._password):
            self._guesses.right(address(scope))
            return True
        self._guesses.wrong(address(scope))
        return False

    def wait(self, scope: Scope) -> int:
        """Whole seconds until a password from there is looked at again."""
        return ceil(self._guesses.wait(address(scope)))

    def cookie(self) -> str:
        """A value for the cookie of somebody who has just said the password."""
        until = str(int(self._clock()) + KEPT_SECONDS)
        return f"{until}.{self._signature(until)}"

    def _holds(self, value: str) -> bool:
        until, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(until).encode()):
            return False
        return int(until) > self._clock()

    def _signature(self, until: str) -> str:
        return hmac.digest(self._key, until.encode(), "sha256").hex()


def address(scope: Scope) -> str:
    """Where a request comes from; of IPv6 the network, since a machine has as many addresses there as it likes."""
    host = str((scope.get("client") or ("", 0))[0]).partition("%")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{found}/{64 if found.version == 6 else 32}", strict=False))


def _cookies(headers: Headers) -> list[str]:
    """The values of our cookie; another server on this host may have set one of the same name for another path."""
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value for name, _, value in pairs if name == COOKIE]


def _basic(header: str) -> str | None:
    """The password in an Authorization header (RFC 7617), if there is one; whoever they say they are."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(given.strip(), validate=True).decode(errors="replace").partition(":")[2]
    except binascii.Error:
        return ""


def _plain(password: str) -> bytes:
    """The same bytes however the keyboard composes an accent."""
    return unicodedata.normalize("NFC", password).encode(errors="replace")


def _digest(password: str) -> bytes:
    return hashlib.sha256(_plain(password)).digest()
