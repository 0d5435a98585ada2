"use strict";
// When to ask for changes, and saying how fresh the page is.
//
// `push` is what the server said last over the socket; `second` is the page's own clock. A hidden page asks for
// nothing. A page that no push reaches, because there is no socket, asks at every second instead.

(function () {
  const ASK_ANYWAY = 8000; // the server forgets what nobody asks for
  const NO_PUSH = 5500;
  const NO_ANSWER = 8000;
  const SILENT = 8000;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const updated = document.getElementById("updated");
  const silence = document.getElementById("silence");
  const pause = document.getElementById("pause");

  let asked = null; // the last beat, and what it was about
  let answered = null;
  let pushed = { what: null, at: 0 };
  let heard = { age: null, at: Date.now() };
  let offered = null;
  let paused = 0; // since when
  let knocked = 0;

  function tick(push, shown, _, choices) {
    const now = Date.now();
    if (push && push !== pushed.what) hear((pushed = { what: push, at: now }).what, now);
    if (shown && shown !== answered) {
      hear((answered = shown), now);
      requestAnimationFrame(() => setTimeout(() => mark("answered", shown.beat))); // once it has been painted
    }
    if (choices && choices !== offered) window.moodstream.filters.fill((offered = choices));
    if (isDue(now)) ask();
    say(now);
    listen();
    return window.dash_clientside.no_update;
  }

  function hear(told, now) {
    heard = { age: told.age, at: now };
  }

  // For whoever measures the page: the last of each is kept.
  function mark(what, beat) {
    performance.clearMarks(what);
    performance.mark(what, { detail: beat });
  }

  function isDue(now) {
    if (document.hidden || (asked && isWaiting(now))) return false;
    if (!asked || asked.dark !== dark.matches) return true;
    if (paused) return false;
    return now - asked.at > ASK_ANYWAY || now - pushed.at > NO_PUSH || pushed.what.version !== asked.version;
  }

  function isWaiting(now) {
    return (!answered || answered.beat !== asked.at) && now - asked.at < NO_ANSWER;
  }

  function ask() {
    const version = pushed.what && pushed.what.version;
    asked = Object.assign(window.moodstream.filters.chosen(), { at: Date.now(), version, dark: dark.matches, zone });
    mark("asked", asked.at);
    window.dash_clientside.set_props("beat", { data: asked });
  }

  function say(now) {
    const silent = now - heard.at > SILENT && !document.hidden;
    write(updated, paused ? `paused at ${clock(paused)}` : silent ? "" : freshness(heard.age + (now - heard.at) / 1000));
    updated.dataset.state = paused ? "paused" : silent || heard.age === null ? "away" : "live";
    write(
      silence,
      silent ? `The dashboard has not answered since ${clock(heard.at)}; showing what was known. Start python dashboard.py.` : "",
    );
    silence.hidden = !silent;
    if (silent && now - knocked > SILENT) knock(now);
  }

  // Whoever has to say the password again is sent to where one does, and back.
  async function knock(now) {
    knocked = now;
    const answer = await fetch("/api/v1/now", { method: "HEAD" }).catch(() => null);
    if (answer && answer.status === 401) location.reload();
  }

  function freshness(seconds) {
    if (heard.age === null) return "connecting";
    return seconds < 90 ? `updated ${Math.floor(seconds)} s ago` : `updated ${Math.round(seconds / 60)} min ago`;
  }

  function clock(milliseconds) {
    return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // A click on what stands for a mood in a picture filters by it.
  function listen() {
    for (const graph of document.querySelectorAll(".js-plotly-plot:not([data-heard])")) {
      graph.dataset.heard = "";
      graph.on("plotly_click", (event) => {
        const mood = moodOf(event.points[0]);
        if (mood) window.moodstream.filters.toggle(mood);
      });
    }
  }

  function moodOf(point) {
    const { mood, moods } = point.data.meta || {};
    return mood || [].concat(point.pointNumber).reduce((found, place) => found && found[place], moods);
  }

  pause.addEventListener("click", () => {
    paused = paused ? 0 : Date.now();
    pause.setAttribute("aria-pressed", String(Boolean(paused)));
    pause.textContent = paused ? "Resume" : "Pause";
    say(Date.now());
    if (!paused) ask();
  });
  document.addEventListener("visibilitychange", () => (heard.at = Date.now()));

  window.moodstream.ask = ask;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { page: { tick } });
})();
