"""Which servers the user has named, in the environment or in `.env`: those are used, and none is started."""

import os

from dotenv import dotenv_values

from moodstream.settings import ENV_FILE


def named(setting: str) -> str:
    """What the user gave for a setting, empty where nothing: defaults and what `make up` wrote do not count."""
    return os.environ.get(setting) or dotenv_values(ENV_FILE).get(setting) or ""
