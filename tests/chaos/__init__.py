"""Faults on purpose: the whole system under load, broken again and again, and nothing lost and nothing twice.

To read the code, start with `oracle.py` (what must hold), then `cycles.py` (one fault after another), then `faults/`.
"""
