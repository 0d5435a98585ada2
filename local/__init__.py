"""How the system is set up and run on one machine: what `make` calls, and the private servers that tests start.

To read the code, start with `up.py`, which is `make up`. `setup.py`, `apt.py` and `clean.py` run before anything
is installed, so they need nothing but the standard library.
"""
