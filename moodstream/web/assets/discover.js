"use strict";
// What the cards of Discover have in common: asking the API, saying what came of it, and lists of songs.

window.moodstream = window.moodstream || {};

window.moodstream.discover = (function () {
  const PATIENCE = 20000;

  /** What goes wrong in a way that can be told: its message is a sentence. `passes`: it may work in a moment. */
  class Refusal extends Error {
    constructor(words, passes = false) {
      super(words);
      this.passes = passes;
    }
  }

  /** The answer to a request, as a Response. `signal` says when nobody wants it any more: then there is none. */
  async function ask(path, signal, request) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const answer = await fetch(path, Object.assign({ signal: patience }, request)).catch((error) => {
      if (signal.aborted) throw error;
      throw new Refusal("The dashboard does not answer: try again when it is back.", true);
    });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    const words = problem.detail || `The dashboard refused it (${answer.status}).`;
    throw new Refusal(words, [429, 500, 502, 503, 504].includes(answer.status));
  }

  /**
   * Runs one `work(signal)` at a time for a card, the newest: what comes too late is dropped. What goes wrong is said
   * in the place for it, with a button for what may work in a moment. `words` are said meanwhile.
   */
  function newest(place) {
    let running = null;
    return async function run(control, words, work) {
      if (running) running.end();
      const wanted = new AbortController();
      const end = () => {
        wanted.abort();
        control.removeAttribute("aria-busy");
      };
      const mine = (running = { end });
      control.setAttribute("aria-busy", "true");
      say(place, words);
      try {
        await work(wanted.signal);
      } catch (error) {
        if (wanted.signal.aborted) return;
        if (!(error instanceof Refusal)) throw error;
        say(place, error.message);
        if (error.passes) place.append(" ", again(place, () => run(control, words, work)));
      } finally {
        if (mine === running) end();
      }
    };
  }

  function again(place, run) {
    const button = element("button", "link", "Try again");
    button.type = "button";
    button.addEventListener("click", () => {
      place.closest(".card").querySelector("h2").focus(); // the button goes
      run();
    });
    return button;
  }

  function say(place, words) {
    if (place.textContent !== words) place.textContent = words;
  }

  function element(kind, classes, ...children) {
    const made = document.createElement(kind);
    made.className = classes;
    made.append(...children);
    return made;
  }

  /** A share in whole percent; never 0% or 100% of what is not quite so. */
  function percent(share) {
    if (share > 0 && share < 0.01) return "<1%";
    return share > 0.99 && share < 1 ? ">99%" : `${Math.round(100 * share)}%`;
  }

  /** The name of a mood behind its mark. */
  function mood(name) {
    return element("span", "mood", element("i", `mark ${name}`), name);
  }

  /** Shows tracks in a list, each with the elements that `more(track, place)` has of it. */
  function list(place, tracks, more) {
    place.replaceChildren(
      ...tracks.map((track, number) => {
        const title = element("p", "", named(track), element("span", "artist quiet", element("bdi", "", track.artist)));
        return element("li", "", title, element("p", "quiet", ...more(track, number)));
      }),
    );
  }

  /** The title of a track; similar.js hears a click on it. */
  function named({ song_id, title, artist }) {
    const button = element("button", "title", element("bdi", "", title));
    button.type = "button";
    button.title = "What sounds like it?";
    Object.assign(button.dataset, { song: song_id, title, artist });
    return button;
  }

  /** The answer to a question that is asked as JSON. */
  function post(path, question, signal) {
    const headers = { "Content-Type": "application/json" };
    return ask(path, signal, { method: "POST", headers, body: JSON.stringify(question) });
  }

  /** Has the buttons of a card save what is shown: the same question, asked for as a file. `asked` gives all three. */
  function saving(card, asked) {
    const run = newest(card.querySelector(".saved"));
    card.addEventListener("click", (event) => {
      const format = event.target.dataset.format;
      if (!format) return;
      const { path, question, name } = asked();
      run(event.target, "", async (signal) => {
        const answer = await post(path, Object.assign({ format }, question), signal);
        const link = element("a", "");
        link.href = URL.createObjectURL(await answer.blob());
        link.download = `${name}.${format}`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      });
    });
  }

  return { Refusal, ask, newest, say, element, percent, mood, list, post, saving };
})();
