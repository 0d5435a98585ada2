"use strict";
// The journey builder: asks for a way from one mood to another, and draws it on the plane beside its songs.

(function () {
  const { Refusal, newest, say, element, mood, list, post, saving } = window.moodstream.discover;
  const PATH = "/api/v1/journeys";
  const ROOM = 18; // around the name of a mood
  const NUMBERED = 24; // more points than these have no room for numbers
  const form = document.getElementById("journey-form");
  const plane = document.getElementById("journey-plane");
  const way = document.getElementById("journey-way");
  const songs = document.getElementById("journey-songs");
  const said = document.getElementById("journey-said");
  const found = document.getElementById("journey-found");
  const hint = document.getElementById("journey-hint");
  const side = Number(plane.dataset.side);
  const run = newest(said);
  let asked = null;

  function wanted() {
    const { from, to, count, unit } = form.elements;
    const listener = window.moodstream.filters.chosen().listener;
    if (!from.value && !listener) throw new Refusal("Choose a listener above: it starts at that listener's present mood.");
    const about = { to: to.value, [unit.value]: Number(count.value) };
    return Object.assign(about, from.value && { from: from.value }, listener && { listener });
  }

  async function find(signal) {
    const about = wanted();
    const journey = await (await post(PATH, about, signal)).json();
    asked = Object.assign(about, { from: journey.from });
    hint.hidden = true;
    found.hidden = false;
    list(songs, journey.tracks, (track, place) => [
      track.mood ? mood(track.mood) : element("span", ""),
      element("span", "number", `${Math.round(track.tempo)} BPM`),
      element("span", "", place ? step(track, journey.tracks[place - 1]) : ""),
    ]);
    draw(journey);
    const words = sentence(journey, about.listener);
    say(said, words);
    plane.setAttribute("aria-label", `The mood plane: ${words}`);
  }

  function step(track, before) {
    const percent = Math.round(100 * track.tempo_step);
    if (!percent) return "the same tempo";
    return `${percent}% ${track.tempo > before.tempo ? "faster" : "slower"}`;
  }

  function sentence(journey, listener) {
    const { tracks, minutes } = journey;
    const length = `${tracks.length} ${tracks.length === 1 ? "song" : "songs"}`;
    const long = minutes === null ? "" : `, ${Math.round(minutes)} minutes`;
    const largest = Math.round(100 * journey.largest_tempo_step);
    const words = `From ${journey.from} to ${journey.to} in ${length}${long}${listener ? `, for ${listener}` : ""}; `;
    return `${words}no step of tempo is larger than ${largest}%. ${journey.notes.join(" ")}`.trim();
  }

  function draw({ from, to, tracks }) {
    const places = tracks.map((track) => [track.valence * side, (1 - track.arousal) * side]);
    const stops = places.map((place, number) => stop(place, number, tracks));
    const [[x1, y1], [x2, y2]] = [middle(from), middle(to)];
    const straight = shape("line", { x1, y1, x2, y2 });
    // The first ones on top: what one hears next is to be seen where many lie together.
    const order = [...stops].reverse();
    way.replaceChildren(straight, shape("polyline", { points: places.join(" ") }), ...order);
    stops.forEach((dot, number) => tie(songs.children[number], dot, order));
    for (const name of plane.querySelectorAll(".name")) clear(name, places);
  }

  function stop([x, y], number, tracks) {
    const { title, artist } = tracks[number];
    const dot = shape("g", { class: "stop", transform: `translate(${x} ${y})` });
    const told = Object.assign(shape("title", {}), { textContent: `${number + 1}. ${title} by ${artist}` });
    dot.append(told, shape("circle", { r: tracks.length > NUMBERED ? 5 : 9 }));
    if (tracks.length <= NUMBERED) dot.append(Object.assign(shape("text", { y: 4 }), { textContent: number + 1 }));
    return dot;
  }

  function middle(name) {
    const region = plane.querySelector(`[data-of="${CSS.escape(name)}"]`);
    return [region.cx.baseVal.value, region.cy.baseVal.value];
  }

  function shape(kind, properties) {
    const made = document.createElementNS(plane.namespaceURI, kind);
    for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
    return made;
  }

  /** Puts the name of a mood at the lower edge of its region, or where points are in its way there at the upper one. */
  function clear(name, places) {
    const x = name.x.baseVal[0].value;
    const half = name.getComputedTextLength() / 2;
    const beside = (px) => Math.max(0, Math.abs(px - x) - half);
    const room = (line) => Math.min(...places.map(([px, py]) => Math.hypot(beside(px), py - line + 4)));
    const [low, high] = name.dataset.places.split(" ").map(Number);
    name.setAttribute("y", room(low) < ROOM && room(high) > room(low) ? high : low);
  }

  /** Has a song mark its point, and the point its song. `order` is that of all points, the last on top. */
  function tie(song, dot, order) {
    const mark = (is) => [song, dot].forEach((each) => each.classList.toggle("here", is));
    const leave = () => {
      mark(false);
      way.append(...order);
    };
    const enter = () => {
      mark(true);
      way.append(dot);
    };
    for (const kind of ["pointerenter", "focusin"]) song.addEventListener(kind, enter);
    for (const kind of ["pointerleave", "focusout"]) song.addEventListener(kind, leave);
    dot.addEventListener("pointerenter", () => mark(true));
    dot.addEventListener("pointerleave", () => mark(false));
    // Pressing a point takes the focus from no song: or points would change their places before it is a click.
    dot.addEventListener("mousedown", (event) => event.preventDefault());
    dot.addEventListener("click", () => song.querySelector("button").focus());
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(event.submitter || form, "Looking for a way …", find);
  });
  saving(found, () => ({ path: PATH, question: asked, name: `${asked.from} to ${asked.to}` }));
})();
