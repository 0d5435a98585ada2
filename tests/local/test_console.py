"""Colours are for terminals, and for those who want them."""

import io

import pytest

from local.console import Console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_colour_for_each_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    console = Console(("one", "three"), out)
    console.line("one", "a")
    console.line("three", "b")
    assert out.getvalue() == "\033[36mone   |\033[0m a\n\033[33mthree |\033[0m b\n"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    Console(("one",), out).line("one", "a")
    assert out.getvalue() == "one | a\n"


def test_a_file_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = io.StringIO()
    console = Console(("one",), out)
    console.line("one", "a")
    console.headline("b")
    assert out.getvalue() == "one | a\nb\n"
