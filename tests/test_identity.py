"""Which song is meant by a name."""

import pytest

from moodstream.identity import folded, name_id
from moodstream.sources.lastfm.client import Listening


def test_names_of_nothing_but_signs_are_told_apart() -> None:
    assert folded("!!!", "???") != folded("???", "!!!")
    assert folded("Sigur Rós", "Ág") == folded("SIGUR ROS", "ag")
    assert folded("Straße", "x") == folded("STRASSE", "x")


@pytest.mark.parametrize("name", [("björk", "JOGA"), ("Bjork", "Jóga!"), (" Björk ", "Jóga")])
def test_one_song_has_one_id_however_its_name_is_written_and_wherever_it_comes_from(name: tuple[str, str]) -> None:
    assert name_id(*name) == name_id("Björk", "Jóga") == Listening(*name, None, None).song_id


def test_ids_of_names_stay_as_they_are_in_the_history() -> None:
    assert name_id("Björk", "Jóga") == "name-b9ba7a7b3de4645d480ef3660af9a31f"
    assert name_id("Jóga", "Björk") != name_id("Björk", "Jóga")
