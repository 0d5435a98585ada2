"""A playlist -> a file that players read: `dump(playlist, file)` of each module writes UTF-8 to a binary file. And
back: `load(file)` reads what players write.

The history knows songs, not where their files are. A track is therefore named by a URN, `urn:moodstream:song:` and
the percent-encoded song id, which stays the same wherever the playlist goes.
"""

import re
from io import BytesIO

from moodstream.playlists import jspf, m3u, xspf
from moodstream.playlists.items import Item

FORMATS = {"m3u": m3u.dump, "xspf": xspf.dump, "jspf": jspf.dump}
"""Each format by the name that `playlist_manager.py --export` takes."""

READERS = {"m3u": m3u.load, "xspf": xspf.load, "jspf": jspf.load}
"""What reads each of them."""

DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def detected(text: str) -> str:
    """The format of a playlist by how its text begins: XML is XSPF, JSON is JSPF, all else M3U."""
    return {"<": "xspf", "{": "jspf"}.get(text.lstrip("\ufeff \t\r\n")[:1], "m3u")


def load(text: str, kind: str) -> list[Item]:
    """Read the text of a playlist of a format. What its XML says of its encoding held for bytes, and is passed over.

    Raises:
        DataError: it cannot be read so.
    """
    plain = text.removeprefix("\ufeff")
    return READERS[kind](BytesIO(DECLARATION.sub("", plain, count=1).encode() if kind == "xspf" else plain.encode()))
