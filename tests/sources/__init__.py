"""Tests of the sources of plays."""
