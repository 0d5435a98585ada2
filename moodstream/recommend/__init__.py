"""Recommending: what a listener said and played -> what they may want to hear next, each song with its reason.

`listener` keeps the events, `library` the songs; `evidence` and `taste` tell what the one says of the other,
`candidates` which songs may come, `preference` how welcome they are likely to be, `ranking` chooses and orders,
`reasons` says why; `suggest` is the way in. No module here reads a clock, a topic or a database: the same events and
the same songs give the same playlist. Time is the listener's own, so that a history that is replayed counts as it did.
"""
