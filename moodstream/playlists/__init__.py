"""A playlist -> a file that players read: `dump(playlist, file)` of each module writes UTF-8 to a binary file.

The history knows songs, not where their files are. A track is therefore named by a URN, `urn:moodstream:song:` and
the percent-encoded song id, which stays the same wherever the playlist goes.
"""

from moodstream.playlists import jspf, m3u, xspf

FORMATS = {"m3u": m3u.dump, "xspf": xspf.dump, "jspf": jspf.dump}
"""Each format by the name that `playlist_manager.py --export` takes."""
