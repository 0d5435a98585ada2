"use strict";
// When to ask for changes, and saying how fresh the page is.
//
// `push` is what the server said last over the socket; `second` is the page's own clock. A hidden page asks for
// nothing. A page that no push reaches, because there is no socket, asks at every second instead. While nobody answers,
// nothing piles up: one small question at a time finds out when it is worth asking again.
//
// Times are those of `performance.now()`, in ms: the clock of the system may be set, back too.

(function () {
  const ASK_ANYWAY = 8000; // the server forgets what nobody asks for
  const NO_PUSH = 5500;
  const NO_ANSWER = 8000;
  const SILENT = 8000;
  const KNOCK_TIMEOUT = 7000;
  const STRANGE = 60000; // it answers, but not our questions: it is of another version than this page
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const updated = document.getElementById("updated");
  const silence = document.getElementById("silence");
  const pause = document.getElementById("pause");

  let there = false; // whether Dash is; until then nothing can be said to it
  let asked = null; // the last beat, and what it was about
  let answered = null;
  let pushed = { what: null, at: -Infinity };
  let heard = { age: null, at: performance.now() };
  let expected = heard.at; // since when the page has been looked at, and not been paused
  let offered = null;
  let paused = null; // since when, as text
  let knocked = -Infinity;

  function tick(push, shown, _, choices) {
    const now = performance.now();
    there = true;
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
    if (document.hidden || isSilent(now) || (asked && isWaiting(now))) return false;
    if (!asked || asked.dark !== dark.matches) return true;
    if (paused) return false;
    return now - asked.at > ASK_ANYWAY || now - pushed.at > NO_PUSH || pushed.what.version !== asked.version;
  }

  function isWaiting(now) {
    return (!answered || answered.beat !== asked.at) && now - asked.at < NO_ANSWER;
  }

  function isSilent(now) {
    return !paused && !document.hidden && now - Math.max(heard.at, expected) > SILENT;
  }

  function ask() {
    if (!there) return;
    const version = pushed.what && pushed.what.version;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const at = performance.now();
    asked = Object.assign(window.moodstream.filters.chosen(), { at, version, dark: dark.matches, zone });
    mark("asked", at);
    window.dash_clientside.set_props("beat", { data: asked });
  }

  function say(now) {
    const silent = isSilent(now);
    write(updated, paused ? `paused at ${paused}` : silent ? "" : freshness(heard.age + (now - heard.at) / 1000));
    updated.dataset.state = paused ? "paused" : silent || heard.age === null ? "away" : "live";
    const since = silent && clock(Date.now() - (now - heard.at));
    const words = `The dashboard has not answered since ${since}; showing what was known. Start python dashboard.py.`;
    write(silence, silent ? words : "");
    silence.hidden = !silent;
    if (silent && now - knocked > SILENT) knock(now);
  }

  // Whoever has to say the password again is sent to where one does, and back.
  async function knock(now) {
    knocked = now;
    const answer = await fetch("/api/v1/now", { signal: AbortSignal.timeout(KNOCK_TIMEOUT) }).catch(() => null);
    if (!answer) return;
    if (answer.status === 401 || (answer.ok && now - Math.max(heard.at, expected) > STRANGE)) location.reload();
    else ask();
  }

  function freshness(seconds) {
    if (heard.age === null) return "connecting";
    if (seconds < 90) return `updated ${Math.floor(seconds)} s ago`;
    return seconds < 5400 ? `updated ${Math.round(seconds / 60)} min ago` : `updated ${Math.round(seconds / 3600)} h ago`;
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

  // What could not be heard meanwhile was not to be expected.
  function look() {
    expected = performance.now();
    if (isDue(expected)) ask();
    say(expected);
  }

  pause.addEventListener("click", () => {
    paused = paused ? null : clock(Date.now());
    pause.textContent = paused ? "Resume" : "Pause";
    expected = performance.now();
    if (!paused) ask();
    say(expected);
  });
  document.addEventListener("visibilitychange", () => document.hidden || look());
  window.addEventListener("online", look);

  window.moodstream.ask = ask;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { page: { tick } });
})();
