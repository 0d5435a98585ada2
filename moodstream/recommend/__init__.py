"""Recommending: what a listener said and played -> their taste -> a ranked list with reasons.

`listener` keeps the events, `library` the songs, `taste` makes the one into affinities over the other, `ranking`
scores and orders, `reasons` says why. No module here reads a clock, a topic or a database: the same events and the
same songs give the same playlist. Time is the listener's own, so that a history that is replayed counts as it did.
"""
