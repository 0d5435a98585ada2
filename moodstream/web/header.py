"""The top of the page, in plain HTML: where one is, what one has chosen, how fresh it is. It is there before Dash is.

Its controls are the browser's own, so that keyboards, phones and screen readers know them; assets/filters.js keeps
them, the address of the page and what is asked of the server alike.
"""

from moodstream.store.queries.wanted import RANGES
from moodstream.web.theme import ORDER

TITLE = "Music mood"
VIEWS = {"live": "Live", "library": "Library", "discover": "Discover", "batch": "Batch beside live", "system": "System"}


def header() -> str:
    """The header and the filters."""
    return f"""
<a class="skip" href="#main">Skip to the charts</a>
<header>
  <h1>{TITLE}</h1>
  <nav aria-label="Pages">{"".join(map(_link, VIEWS))}</nav>
  <p class="freshness"><span id="updated" class="quiet">connecting</span>
    <button type="button" id="pause">Pause</button></p>
  <button type="button" id="sheet" aria-expanded="false" aria-controls="filters">Filters</button>
</header>
<form id="filters" aria-label="Filters">
  <fieldset class="ranges"><legend class="unseen">Time</legend>{"".join(map(_range, RANGES))}</fieldset>
  <span class="custom" hidden>
    <label>from <input type="datetime-local" name="since" min="1970-01-01T00:00"></label>
    <label>until <input type="datetime-local" name="until" min="1970-01-01T00:00"></label>
  </span>
  <label>listener <input name="listener" list="listeners" placeholder="everybody" maxlength="128" autocomplete="off">
    <datalist id="listeners"></datalist></label>
  <label>source <select name="source"><option value="">every</option></select></label>
  <div class="moods" role="group" aria-label="Mood">{"".join(map(_chip, ORDER))}</div>
  <button type="button" id="all" hidden>Clear filters</button>
  <button type="button" id="done">Done</button>
</form>
<p id="silence" class="banner" role="status" hidden></p>
<p id="notice" role="status" hidden></p>"""


def _link(view: str) -> str:
    path = "" if view == "live" else view
    return f'<a href="/{path}" data-view="{view}">{VIEWS[view]}</a>'


def _range(key: str) -> str:
    return f'<label><input type="radio" name="range" value="{key}"><span>{RANGES[key].label}</span></label>'


def _chip(mood: str) -> str:
    return f'<button type="button" data-mood="{mood}" aria-pressed="false"><i class="mark {mood}"></i>{mood}</button>'
