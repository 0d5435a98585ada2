"""The errors of moodstream, and whether trying again can help.

    MoodstreamError
     +-- TransientError        try again: a server is away, a deadlock, a full disk
     +-- SlowError             this question took longer than it may: ask for less
     +-- ConfigurationError    a person must change a setting: exit code 2
     +-- DataError             this message or row cannot be used: dead letters
     +-- AudioError            this file has no sound that can be analysed: counted and named
     +-- SourceError           a source of plays has nothing to give: exit code 1

Callers tell failures apart by class, never by the text of a message.
"""


class MoodstreamError(Exception):
    """Raised when something foreseeable went wrong; its text is one sentence for a person."""

    exit_code = 1


class TransientError(MoodstreamError):
    """Raised when the same call may succeed later, with nothing changed but time."""


class SlowError(MoodstreamError):
    """Raised when the database ended a statement that took longer than it was given."""


class ConfigurationError(MoodstreamError):
    """Raised when only a change of a setting, an account or a right can help."""

    exit_code = 2


class DataError(MoodstreamError):
    """Raised when a message or a row can never be accepted as it is."""


class AudioError(MoodstreamError):
    """Raised when a file cannot be decoded, or what it holds is too short or silent to analyse."""


class SourceError(MoodstreamError):
    """Raised when a source of plays cannot give any: an empty folder, a table without usable rows."""
