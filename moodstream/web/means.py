"""What the routes of the API work with."""

from typing import NamedTuple

from moodstream.settings import Settings
from moodstream.web.asker import Asker
from moodstream.web.catalogue import Catalogue
from moodstream.web.keys import Keys
from moodstream.web.publisher import Publisher
from moodstream.web.shelf import Shelf
from moodstream.web.workers import History, Workers


class Means(NamedTuple):
    """`asker` has what the page shows, `catalogue` pages of songs by `searches`, `history` whatever else is asked of
    the database, `shelf` the songs in memory, `workers` threads to compute in; `publisher` takes what is said; `keys`
    tells who may.
    """

    asker: Asker
    publisher: Publisher
    searches: History
    catalogue: Catalogue
    history: History
    shelf: Shelf
    workers: Workers
    keys: Keys
    settings: Settings
