"""Which song is meant by a name: the same id from every source that knows no more than artist and title."""

import hashlib
import re
import unicodedata


def folded(artist: str, title: str) -> str:
    """The name of a song without what people write differently: case, accents, punctuation, spacing."""
    return "\0".join(_fold(text) for text in (artist, title))


def name_id(artist: str, title: str) -> str:
    """The id of a song of which nothing but its name is known."""
    return "name-" + hashlib.blake2b(folded(artist, title).encode(), digest_size=16).hexdigest()


def _fold(text: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", plain.casefold()).strip() or text.strip()
