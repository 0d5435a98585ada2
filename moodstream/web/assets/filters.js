"use strict";
// What is chosen: which page, which time, whose plays of which mood. It is kept in the address, so that a view can be
// shared and the browser's buttons work; the controls of the header show it; page.js asks the server for it.

window.moodstream = window.moodstream || {};

window.moodstream.filters = (function () {
  const NAMES = ["range", "since", "until", "listener", "source", "mood"];
  const USUAL = { range: "1h", since: "", until: "", listener: "", source: "", mood: "" };
  // What changes something on each page; style.css and discover.css show no other controls there.
  const COUNTS = { live: NAMES, library: ["mood"], discover: ["listener"], batch: ["mood"], system: [] };
  const form = document.getElementById("filters");
  const sheet = document.getElementById("sheet");
  const narrow = window.matchMedia("(max-width: 719px)"); // as in style.css
  let offered = "";
  let chosen = read();

  function read() {
    const query = new URLSearchParams(location.search);
    const found = { view: location.pathname.slice(1) };
    if (!document.querySelector(`nav [data-view="${CSS.escape(found.view)}"]`)) found.view = "live";
    for (const name of NAMES) found[name] = query.get(name) || USUAL[name];
    if (!form.querySelector(`[name=range][value="${CSS.escape(found.range)}"]`)) found.range = USUAL.range;
    if (!form.querySelector(`[data-mood="${CSS.escape(found.mood)}"]`)) found.mood = USUAL.mood;
    return found;
  }

  function address(state) {
    const query = new URLSearchParams();
    for (const name of NAMES) if (state[name] && state[name] !== USUAL[name]) query.set(name, state[name]);
    const text = query.toString();
    return "/" + (state.view === "live" ? "" : state.view) + (text ? "?" + text : "");
  }

  function choose(change) {
    const next = Object.assign({}, chosen, change);
    if (next.range !== "custom") next.since = next.until = "";
    if (address(next) === address(chosen)) return;
    chosen = next;
    history.pushState(null, "", address(chosen));
    show();
    window.moodstream.ask();
  }

  function show() {
    document.body.dataset.view = chosen.view;
    document.querySelector(".skip").setAttribute("href", chosen.view === "discover" ? "#view-discover" : "#main");
    form.elements.range.value = chosen.range;
    form.querySelector(".custom").hidden = chosen.range !== "custom";
    for (const name of ["since", "until"]) form.elements[name].value = local(chosen[name]);
    form.elements.listener.value = chosen.listener;
    offer(form.elements.source, chosen.source);
    form.elements.source.value = chosen.source;
    for (const chip of form.querySelectorAll("[data-mood]")) {
      chip.setAttribute("aria-pressed", String(chip.dataset.mood === chosen.mood));
    }
    sheet.textContent = ["Filters", summary()].filter(Boolean).join(": ");
    document.getElementById("all").hidden = COUNTS[chosen.view].every((name) => chosen[name] === USUAL[name]);
    for (const link of document.querySelectorAll("nav [data-view]")) {
      link.href = address(Object.assign({}, chosen, { view: link.dataset.view }));
      if (link.dataset.view === chosen.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // On a phone the controls are out of sight: what is chosen is not.
  function summary() {
    const range = form.querySelector("[name=range]:checked").labels[0].textContent;
    const words = Object.assign({}, chosen, { range, since: "", until: "" });
    return COUNTS[chosen.view].map((name) => words[name]).filter(Boolean).join(", ");
  }

  function clear() {
    choose(Object.fromEntries(COUNTS[chosen.view].map((name) => [name, USUAL[name]])));
  }

  function offer(select, value) {
    if ([...select.options].some((option) => option.value === value)) return;
    select.add(new Option(value, value));
  }

  // Times are of the reader's own clock in the controls, and UTC in the address.
  function local(moment) {
    const time = new Date(moment);
    if (!moment || isNaN(time)) return "";
    return new Date(time - time.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  }

  function utc(text) {
    const time = new Date(text);
    return isNaN(time) ? "" : time.toISOString().slice(0, 16) + "Z";
  }

  function custom() {
    const day = new Date(Date.now() - 86400000);
    return { since: chosen.since || utc(day), until: chosen.until };
  }

  function changed(event) {
    const control = event.target;
    if (!control.validity.valid) return; // a date of which but the first digits have been typed
    if (control.name === "range") {
      choose(Object.assign({ range: control.value }, control.value === "custom" ? custom() : {}));
    } else if (control.type === "datetime-local") {
      choose({ [control.name]: utc(control.value) });
    } else if (NAMES.includes(control.name)) {
      choose({ [control.name]: control.value.trim() });
    }
  }

  function clicked(event) {
    const mood = event.target.closest("[data-mood]");
    const link = event.target.closest("nav [data-view]");
    if (mood) toggle(mood.dataset.mood);
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      choose({ view: link.dataset.view });
    }
  }

  // Before it is followed, by whichever button or key, or copied.
  function aim(event) {
    const table = event.target.closest("a.csv");
    if (table) table.href = table.pathname + "?" + new URLSearchParams(asked());
  }

  function toggle(mood) {
    choose({ mood: mood === chosen.mood ? "" : mood });
  }

  // What the server is to know, without what it knows by itself.
  function asked() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const given = Object.assign({ zone: zone }, chosen);
    delete given.view;
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  }

  function fill(choices) {
    const listeners = JSON.stringify(choices.listeners);
    choices.sources.forEach((source) => offer(form.elements.source, source));
    if (listeners === offered) return; // or the list would close under the reader's finger
    offered = listeners;
    document.getElementById("listeners").replaceChildren(...choices.listeners.map((name) => new Option("", name)));
  }

  // While the sheet is open, the page behind it cannot be reached.
  function open(is) {
    document.body.toggleAttribute("data-sheet", is);
    sheet.setAttribute("aria-expanded", String(is));
    for (const part of document.querySelectorAll(".page > :not(#filters, #notice)")) part.inert = is;
    if (is) form.setAttribute("role", "dialog");
    else form.removeAttribute("role");
    const controls = [...form.querySelectorAll(":checked, input:not([type=radio]), button")];
    const first = controls.find((control) => control.checkVisibility());
    (is ? first : sheet).focus();
  }

  function leave(event) {
    const isOpen = document.body.hasAttribute("data-sheet");
    if (isOpen && (event.key === "Escape" || (event.type === "click" && !event.composedPath().includes(form)))) open(false);
  }

  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusout", (event) => event.target.type === "datetime-local" && show());
  document.addEventListener("click", clicked);
  for (const kind of ["pointerdown", "focusin", "click"]) document.addEventListener(kind, aim);
  document.getElementById("all").addEventListener("click", clear);
  sheet.addEventListener("click", (event) => {
    event.stopPropagation();
    open(true);
  });
  document.getElementById("done").addEventListener("click", () => open(false));
  document.addEventListener("click", leave);
  document.addEventListener("keydown", leave);
  narrow.addEventListener("change", () => document.body.hasAttribute("data-sheet") && open(false));
  window.addEventListener("popstate", () => {
    chosen = read();
    show();
    window.moodstream.ask();
  });
  show();

  return { chosen: () => Object.assign({}, chosen), fill, toggle };
})();
