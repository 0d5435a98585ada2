"""What the page asks of the database: one file for each question, one function `(database, now, wanted)` in each.

Times go in and come out as aware UTC; the database keeps them naive. Plays that are dated later than now
do not count yet.
"""
