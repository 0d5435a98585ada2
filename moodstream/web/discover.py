"""Discover: a way from one mood to another, what sounds like a song, what to play to a face. Plain HTML, as the header.

It asks the API and nothing else: assets/journey.js, similar.js and face.js do, with what discover.js has for all three.
"""

from moodstream.moods import LOOKS, Mood

SIDE = 320
"""Of the picture of the plane, in its own units."""
REGION = 0.15
"""The radius of a mood's region on the plane."""
SAVED_AS = ("m3u8", "xspf", "jspf")


def body() -> str:
    """The view; it is the page's main part while it is looked at."""
    cards = _journey() + _similar() + _face()
    return f'<div id="view-discover" class="view" role="main" tabindex="-1">{cards}</div>'


def _journey() -> str:
    return f"""
<section id="journey" class="card" aria-labelledby="journey-title">
  <div class="head"><h2 id="journey-title" tabindex="-1">How do I get from one mood to another?</h2></div>
  <form id="journey-form" class="asking">
    <label>from <select name="from">{_options(Mood.SAD)}<option value="">where they are now</option></select></label>
    <label>to <select name="to">{_options(Mood.HAPPY)}</select></label>
    <label>in <input name="count" type="number" value="12" min="2" max="100" required inputmode="numeric"></label>
    <label><span class="unseen">counted in</span>
      <select name="unit"><option>songs</option><option>minutes</option></select></label>
    <button type="submit" class="main">Find the way</button>
  </form>
  <p id="journey-said" class="quiet said" role="status"></p>
  <div class="way">
    {_plane()}
    <p id="journey-hint" class="quiet hint">Choose two moods: the songs between them move evenly over this plane, in
      small steps of tempo. With a listener chosen above, they are to that listener's taste.</p>
    <div id="journey-found" hidden>
      {_saving()}
      <div class="body" role="group" aria-label="The songs of the way" tabindex="0">
        <ol id="journey-songs" class="songs columns"></ol>
      </div>
    </div>
  </div>
</section>"""


def _options(chosen: Mood) -> str:
    return "".join(f"<option{' selected' if mood is chosen else ''}>{mood}</option>" for mood in Mood)


def _saving() -> str:
    buttons = " ".join(
        f'<button type="button" class="link" data-format="{kind}">{kind.upper()}</button>' for kind in SAVED_AS
    )
    return f'<p class="formats quiet">Save as {buttons} <span class="saved" role="status"></span></p>'


def _plane() -> str:
    """The plane with the regions of the moods; journey.js draws the way between them and their names."""
    middle = SIDE / 2
    return f"""
<svg id="journey-plane" viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="The mood plane" data-side="{SIDE}">
  <rect x="0.5" y="0.5" width="{SIDE - 1}" height="{SIDE - 1}" rx="8"></rect>
  <path d="M0 {middle}H{SIDE}M{middle} 0V{SIDE}"></path>
  {"".join(map(_region, LOOKS))}
  <text class="axis" x="{SIDE - 8}" y="{middle + 16}" text-anchor="end">glad</text>
  <text class="axis" x="8" y="{middle + 16}">sad</text>
  <text class="axis" x="{middle - 6}" y="18" text-anchor="end">loud</text>
  <text class="axis" x="{middle - 6}" y="{SIDE - 8}" text-anchor="end">quiet</text>
  <g id="journey-way"></g>
  {"".join(map(_name, LOOKS))}
</svg>"""


def _place(mood: Mood) -> tuple[float, float]:
    look = LOOKS[mood]
    return look.valence * SIDE, (1 - look.arousal) * SIDE


def _region(mood: Mood) -> str:
    x, y = _place(mood)
    return f'<circle cx="{x:g}" cy="{y:g}" r="{REGION * SIDE:g}" data-of="{mood}" style="fill: var(--{mood})"></circle>'


def _name(mood: Mood) -> str:
    """The name at the lower edge of its region; it can be at the upper one, too."""
    x, y = _place(mood)
    low, high = y + REGION * SIDE - 8, y - REGION * SIDE + 16
    return f'<text class="name" x="{x:g}" y="{low:g}" data-places="{low:g} {high:g}">{mood}</text>'


def _similar() -> str:
    return """
<section id="similar" class="card" aria-labelledby="similar-title">
  <div class="head"><h2 id="similar-title" tabindex="-1">What sounds like this song?</h2></div>
  <div class="asking">
    <div class="typing">
      <label for="similar-text">Title or artist</label>
      <input id="similar-text" type="text" role="combobox" aria-expanded="false" aria-controls="similar-options"
        aria-autocomplete="list" autocomplete="off" spellcheck="false" maxlength="200">
      <ul id="similar-options" role="listbox" aria-label="Songs that are called so" hidden></ul>
    </div>
  </div>
  <p id="similar-said" class="quiet said" role="status"></p>
  <p id="similar-hint" class="quiet hint">Type a few letters and choose a song of the library. A click on a song in any
    list of this page asks the same of it.</p>
  <div id="similar-found" hidden>
    <p id="similar-like"></p>
    <ol id="similar-songs" class="songs columns" aria-label="The songs that sound most like it"></ol>
    <details>
      <summary>What are songs compared by?</summary>
      <p id="similar-how" class="quiet"></p>
      <table>
        <thead><tr><th scope="col">feature</th><th scope="col">weight</th><th scope="col">why</th></tr></thead>
        <tbody id="similar-space"></tbody>
      </table>
    </details>
  </div>
</section>"""


def _face() -> str:
    return f"""
<section id="face" class="card" aria-labelledby="face-title">
  <div class="head"><h2 id="face-title" tabindex="-1">What does your face say?</h2></div>
  <p class="quiet">The picture goes to this server alone, is looked at once, and is never stored.</p>
  <div class="seen">
    <div class="shown">
      <div id="face-picture" class="frame">
        <video id="face-video" playsinline muted hidden aria-label="What the camera sees"></video>
        <canvas id="face-canvas" role="img" aria-label="Your picture" hidden></canvas>
        <p class="quiet">Drop a picture of one face here.</p>
      </div>
      <div class="asking">
        <label class="file">Choose a picture<input id="face-file" type="file" accept="image/*"></label>
        <button type="button" id="face-camera">Use the camera</button>
        <button type="button" id="face-take" class="main" hidden>Take the picture</button>
        <button type="button" id="face-stop" hidden>Stop</button>
      </div>
    </div>
    <div class="told">
      <p id="face-said" class="said" role="status"></p>
      <p id="face-hint" class="quiet hint">Seven emotions are told from the face, a mood follows from them, and a
        playlist from the mood. With a listener chosen above, it is to that listener's taste.</p>
      <div id="face-found" hidden>
        <p id="face-because" class="quiet"></p>
        <ul id="face-emotions" class="bars" aria-label="Emotions"></ul>
        <p class="quiet">Of a hundred faces the network tells 53 to 69 right: happy and surprised ones well, fearful and
          disgusted ones badly.</p>
      </div>
    </div>
    <div id="face-list" hidden>
      <p id="face-list-said" class="quiet"></p>
      {_saving()}
      <div class="body" role="group" aria-label="The songs for your face" tabindex="0">
        <ol id="face-songs" class="songs"></ol>
      </div>
    </div>
  </div>
</section>"""
