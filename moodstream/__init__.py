"""moodstream: hear what people play, tell its mood, learn from them, recommend, remember, show.

To read the code, start with `messages.py` (what is said), then `service.py` (the loop that says
it), then any of the seven scripts at the top level: each is one pure handler and one call that runs it.
"""

import os
from contextlib import suppress

# Before numpy is there to read it: matrices here are small, and threads for them cost up to ten times what they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The driver's C extension (1.7 times faster in batch inserts) brings its own OpenSSL, and loads only
# where Python's `ssl` is not loaded yet; so it comes before anything else of the package.
with suppress(ImportError):
    import _mysql_connector  # noqa: F401
