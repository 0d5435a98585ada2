"""What a page that asks for changes is sent."""

from typing import Any

from starlette.testclient import TestClient

from moodstream.store.queries.choices import Choices, choices
from tests.web.doors import Told, visiting

BEAT = {"view": "library", "range": "1h", "dark": False, "zone": "UTC", "at": 7}


def asked(client: TestClient, shown: dict[str, Any] | None) -> dict[str, Any]:
    """What the page is sent, by place, as its callback asks."""
    callbacks = client.get("/_dash-dependencies").json()
    output = next(each["output"] for each in callbacks if "shown.data" in each["output"])
    places = [place.rsplit(".", 1) for place in output.strip(".").split("...")]
    body = {
        "output": output,
        "outputs": [{"id": name, "property": prop} for name, prop in places],
        "inputs": [{"id": "beat", "property": "data", "value": BEAT}],
        "state": [{"id": "shown", "property": "data", "value": shown}],
        "changedPropIds": ["beat.data"],
    }
    sent: dict[str, Any] = client.post("/_dash-update-component", json=body).json()["response"]
    return sent


def test_what_one_can_choose_from_is_sent_once() -> None:
    history = Told({choices: Choices(("anna",), ("folder",))})
    with visiting(history) as client:
        first = asked(client, None)
        again = asked(client, first["shown"]["data"])
    assert first["choices"]["data"] == {"listeners": ["anna"], "sources": ["folder"]}
    assert "choices" not in again
    assert again["shown"]["data"]["choices"] == first["shown"]["data"]["choices"]


def test_what_a_page_asked_with_comes_back_so_that_it_knows_its_answer() -> None:
    with visiting() as client:
        assert asked(client, None)["shown"]["data"]["beat"] == BEAT["at"]
