"""What changes between two figures: applied, it makes the old one the new one."""

import copy
from typing import Any

from dash import Patch
from hypothesis import given
from hypothesis import strategies as st

from moodstream.web.patch import alike, difference

Figure = dict[str, Any]


def figure(*traces: Figure, **layout: Any) -> Figure:
    return {"data": list(traces), "layout": {"showlegend": False} | layout}


def bars(*plays: float, name: str = "Calm") -> Figure:
    return {"type": "bar", "name": name, "x": [1, 2, 3][: len(plays)], "y": list(plays), "meta": {"mood": name}}


def operations(patch: Patch) -> list[Figure]:
    said: list[Figure] = patch.to_plotly_json()["operations"]
    return said


def applied(patch: Patch, old: Figure) -> Figure:
    """As the browser applies it."""
    new = copy.deepcopy(old)
    for operation in operations(patch):
        assert operation["operation"] == "Assign"
        *way, last = operation["location"]
        place: Any = new
        for step in way:
            place = place[step]
        place[last] = operation["params"]["value"]
    return new


def test_one_bar_that_grew_is_all_that_is_sent() -> None:
    patch = difference(figure(bars(1, 2, 3)), figure(bars(1, 2, 4)))
    assert [operation["location"] for operation in operations(patch)] == [["data", 0, "y", 2]]


def test_a_list_that_changed_for_the_most_part_is_sent_as_one() -> None:
    patch = difference(figure(bars(1, 2, 3)), figure(bars(2, 3, 4)))
    assert [operation["location"] for operation in operations(patch)] == [["data", 0, "y"]]


def test_a_list_of_another_length_is_sent_as_one() -> None:
    old, new = figure(bars(1, 2)), figure(bars(1, 2, 3))
    assert applied(difference(old, new), old) == new


def test_figures_of_other_traces_are_not_alike() -> None:
    assert alike(figure(bars(1)), figure(bars(2)))
    assert not alike(figure(bars(1)), figure(bars(1), bars(1, name="Sad")))
    assert not alike(figure(bars(1)), figure(bars(1, name="Sad")))
    assert not alike(figure(bars(1)), figure(bars(1), annotations=[]))
    assert not alike([], figure(bars(1)))


numbers = st.lists(st.one_of(st.none(), st.integers(0, 3), st.floats(0, 1)), max_size=6)
nested = st.recursive(numbers, lambda inside: st.lists(inside, max_size=3), max_leaves=6)


@given(nested, nested, st.text(max_size=3), st.text(max_size=3))
def test_whatever_changed_the_patch_leads_there(before: Any, after: Any, title: str, other: str) -> None:
    old = figure({"type": "heatmap", "z": before}, annotations=before, title=title)
    new = figure({"type": "heatmap", "z": after}, annotations=after, title=other)
    assert alike(old, new)
    assert applied(difference(old, new), old) == new
