"""The tags of a music file, and what its name says where it has none."""

import os
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import mutagen

# By mutagen's easy names; as ID3 frames, which are all that it gives for WAV; as Windows Media says them.
KEYS = {
    "title": ("title", "TIT2", "Title"),
    "artist": ("artist", "TPE1", "Author"),
    "album": ("album", "TALB", "WM/AlbumTitle"),
    "genre": ("genre", "TCON", "WM/Genre"),
}
LONGEST = 500

# "03 Artist - Title", with or without the number, with or without the artist.
NAME = re.compile(r"(?:\d{1,3}[ ._-]+)?(?:(?P<artist>.+?) - )?(?P<title>.+)", re.DOTALL)


class Tags(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file says of itself."""

    title: str
    artist: str
    album: str | None = None
    genre: str | None = None


def read(path: Path, root: Path) -> Tags:
    """Read the tags of a file below `root`; its name and its folders stand in for what is missing."""
    own, named = _own(path), _named(path, root)
    return Tags(
        title=own["title"] or named.title,
        artist=own["artist"] or named.artist,
        album=own["album"] or named.album,
        genre=own["genre"],
    )


def _own(path: Path) -> dict[str, str | None]:
    try:
        tags = mutagen.File(path, easy=True)
    # Damaged tags are no reason not to listen; of some kinds of damage mutagen itself trips.
    except (mutagen.MutagenError, ValueError, LookupError, struct.error):
        tags = None
    return {name: _first({} if tags is None else tags, keys) for name, keys in KEYS.items()}


def _first(tags: Mapping[str, Iterable[object]], keys: Sequence[str]) -> str | None:
    texts = (_clean(str(value)) for key in keys for value in tags.get(key) or ())
    return next(filter(None, texts), None)


def _named(path: Path, root: Path) -> Tags:
    """What the names say: `Artist/Album/03 Title`, `Artist/Title` or `Artist - Title`."""
    parts = [
        os.fsencode(part).decode("utf-8", "replace") for part in (root.resolve().name, *path.relative_to(root).parts)
    ]
    *folders, stem = *parts[:-1], parts[-1].rpartition(".")[0]
    name = NAME.fullmatch(stem)
    artist = (name and name["artist"]) or folders[-2 if len(folders) > 2 else -1]
    return Tags(
        title=_clean(name["title"] if name else stem) or stem,
        artist=_clean(artist) or "Unknown artist",
        album=_clean(folders[-1]) if len(folders) > 2 else None,
    )


def _clean(text: str) -> str:
    text = " ".join(text.replace("\0", " ").split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
