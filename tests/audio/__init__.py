"""Tests of the way from a file to the features of a song."""
