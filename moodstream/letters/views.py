"""Dead letters as text for a terminal."""

import codecs
from collections.abc import Iterator

import msgspec
from rich.console import RenderableType

from moodstream.printable import escaped
from moodstream.store.letters import Kinds, Letter, Opened
from moodstream.terminal import table

ID_SHOWN = 12
"""Hexadecimal digits of an id in a list: among 100,000 letters, two begin alike with a chance of 1 in 50,000."""
REASON_SHOWN = 100
BYTES_READ = 64 * 1024
"""Bytes of a payload that are looked at; JSON that is longer is shown as it came."""
TEXT_SHOWN, BYTES_SHOWN, BYTES_A_LINE = 4000, 512, 16


def short(letter_id: bytes) -> str:
    """An id as it stands in a list."""
    return letter_id.hex()[:ID_SHOWN]


def listing(found: Kinds, newest: list[Letter]) -> Iterator[RenderableType]:
    """How many letters there are of what kind, and the newest."""
    yield f"{found.letters:,} dead letters by topic and reason"
    counted = [(k.topic, _cut(k.reason), f"{k.letters:,}", f"{k.replayed:,}") for k in found.most]
    yield table(("topic", "reason", "letters", "replayed"), counted, 2)
    if more := found.kinds - len(found.most):
        yield f"and {more:,} more kinds of fewer letters"
    yield "The newest"
    yield table(("id", "sent (UTC)", "from", "replayed", "reason"), map(_row, newest), 5)
    if more := found.letters - len(newest):
        yield f"and {more:,} older ones"


def _row(letter: Letter) -> tuple[str, ...]:
    was = "yes" if letter.replayed_at else ""
    return short(letter.letter_id), f"{letter.sent_at:%Y-%m-%d %H:%M:%S}", letter.place, was, _cut(letter.reason)


def _cut(reason: str) -> str:
    return reason if len(reason) <= REASON_SHOWN else f"{reason[: REASON_SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"


def letter(found: Opened) -> Iterator[str]:
    """All lines on one letter; control characters, which a terminal would obey, are escaped."""
    known = found.letter
    yield f"letter    {known.letter_id.hex()}"
    yield f"from      {escaped(known.place)} (topic/partition/offset)"
    yield f"sent      {known.sent_at} UTC"
    yield f"key       {_key(found.key)}"
    yield f"service   {escaped(known.service)}"
    yield f"reason    {escaped(known.reason)}"
    yield f"replayed  {f'{known.replayed_at} UTC' if known.replayed_at else 'never'}"
    if found.begins is None or found.size is None:
        yield "payload   not stored: it is null, or larger than max_allowed_packet; its topic has it"
        return
    kind, lines = _payload(found.begins, found.size)
    yield f"payload   {found.size:,} bytes, {kind}"
    yield from lines


def _key(key: bytes | None) -> str:
    if key is None:
        return "none"
    text = _text(key, whole=True)
    return f"{key[:BYTES_SHOWN].hex(' ')} (hexadecimal)" if text is None else escaped(text[:TEXT_SHOWN])


def _payload(begins: bytes, size: int) -> tuple[str, Iterator[str]]:
    """What a payload is, and the lines that show it, or as much of it as one can read."""
    text = _text(begins, whole=len(begins) == size)
    if text is None:
        shown = f", of which these are the first {BYTES_SHOWN}" if size > BYTES_SHOWN else ""
        return f"no text{shown}", _dump(begins[:BYTES_SHOWN])
    pretty = _pretty(begins) if len(begins) == size else None
    whole = pretty or text
    cut = len(whole) > TEXT_SHOWN or len(begins) < size
    shown = f", of which these are the first {TEXT_SHOWN:,} characters" if cut else ""
    return f"{'JSON' if pretty else 'text'}{shown}", map(escaped, whole[:TEXT_SHOWN].split("\n"))


def _text(value: bytes, *, whole: bool) -> str | None:
    """Bytes as text, if they are UTF-8; where they are cut, so may be the last character."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(value, final=whole)
    except UnicodeDecodeError:
        return None


def _pretty(value: bytes) -> str | None:
    try:
        return msgspec.json.format(value).decode()
    except msgspec.DecodeError:
        return None


def _dump(value: bytes) -> Iterator[str]:
    for start in range(0, len(value), BYTES_A_LINE):
        part = value[start : start + BYTES_A_LINE]
        readable = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield f"{start:08x}  {part.hex(' '):<{BYTES_A_LINE * 3 - 1}}  {readable}"
