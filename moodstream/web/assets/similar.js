"use strict";
// What sounds like a song: one types, chooses from what is called so, and is told the nearest songs.
//
// The field and its list are a combobox as the ARIA Authoring Practices describe it: the focus stays in the field.

(function () {
  const { ask, newest, say, element, list, post } = window.moodstream.discover;
  const PAUSE = 250;
  const OFFERED = 8;
  const COUNT = 12;
  const input = document.getElementById("similar-text");
  const options = document.getElementById("similar-options");
  const said = document.getElementById("similar-said");
  const run = newest(said);
  let typed = null; // the timer since the last letter
  let active = -1;

  // Typing and choosing

  function search() {
    clearTimeout(typed);
    const query = new URLSearchParams({ text: input.value.trim(), count: OFFERED });
    return run(input, "Looking …", async (signal) => {
      const answer = await ask("/api/v1/songs?" + query, signal);
      offer((await answer.json()).songs);
    });
  }

  function offer(songs) {
    options.replaceChildren(...songs.map(option));
    open(songs.length > 0 && document.activeElement === input);
    say(said, offered(songs.length, input.value.trim()));
  }

  function offered(count, text) {
    if (count) return `${count === OFFERED ? "The best " : ""}${count} to choose from`;
    return text ? `No song is called “${text}”.` : "There are no songs yet: start python stream_music.py.";
  }

  function option({ song_id, title, artist }, number) {
    const made = element("li", "", element("bdi", "", title), " ", element("bdi", "quiet", artist));
    made.id = `similar-option-${number}`;
    made.setAttribute("role", "option");
    made.addEventListener("click", () => take({ song_id, title, artist }));
    return made;
  }

  function open(is) {
    options.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    point(-1);
  }

  function point(number) {
    active = number;
    const all = [...options.children];
    all.forEach((each, place) => each.setAttribute("aria-selected", String(place === active)));
    if (!all[active]) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function pressed(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = options.children.length;
    if (event.isComposing || !(steps || ["Enter", "Escape"].includes(event.key))) return;
    event.preventDefault();
    if (event.key === "Escape") return options.hidden ? wipe() : open(false);
    if (options.hidden) return search();
    if (steps) point(active < 0 && steps < 0 ? count - 1 : (active + steps + count) % count);
    else options.children[Math.max(active, 0)].click();
  }

  function wipe() {
    clearTimeout(typed);
    input.value = "";
  }

  // Asking and showing

  function take(song) {
    clearTimeout(typed);
    input.value = song.title;
    open(false);
    return run(input, "Listening …", async (signal) => {
      const answer = await post("/api/v1/similar", { songs: [song.song_id], count: COUNT }, signal);
      show(song, await answer.json());
    });
  }

  function show(song, { songs, exact, compared, without_sound, space }) {
    const farthest = Math.max(...songs.map(({ distance }) => distance)) || 1;
    list(document.getElementById("similar-songs"), songs, ({ distance }) => {
      const fill = element("span", "fill");
      fill.style.width = `${(100 * distance) / farthest}%`;
      return [element("span", "bar", fill), element("span", "number", distance.toFixed(2))];
    });
    const title = element("strong", "", element("bdi", "", song.title));
    const artist = element("bdi", "", song.artist);
    document.getElementById("similar-like").replaceChildren("Nearest to ", title, " by ", artist);
    document.getElementById("similar-how").textContent = how(exact, without_sound);
    document.getElementById("similar-space").replaceChildren(...space.map(axis));
    document.getElementById("similar-hint").hidden = true;
    document.getElementById("similar-found").hidden = false;
    const others = `${compared.toLocaleString()} ${compared === 1 ? "song" : "songs"}`;
    say(said, songs.length ? `The ${songs.length} nearest of ${others}` : "There is no other song to compare it with.");
  }

  function how(exact, unknown) {
    const looked = exact ? "Every song was compared." : "An index was asked, which may miss a few of the nearest.";
    const rest = unknown ? ` Of ${unknown.toLocaleString()} more, too little is known.` : "";
    const space = "The number is the distance in a space in which each feature counts by its weight; 0: the same sound.";
    return `${space} The bar of the farthest is full. ${looked}${rest}`;
  }

  function axis({ feature, weight, why }) {
    const name = element("th", "", feature);
    name.scope = "row";
    return element("tr", "", name, element("td", "", weight.toFixed(1)), element("td", "", why));
  }

  input.addEventListener("input", () => {
    clearTimeout(typed);
    if (input.value.trim()) typed = setTimeout(search, PAUSE);
    else open(false);
  });
  input.addEventListener("keydown", pressed);
  input.addEventListener("blur", () => open(false));
  options.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  document.getElementById("view-discover").addEventListener("click", (event) => {
    const button = event.target.closest("button.title");
    if (!button) return;
    document.getElementById("similar-title").focus(); // it scrolls there, and the button may go
    take({ song_id: button.dataset.song, title: button.dataset.title, artist: button.dataset.artist });
  });
})();
