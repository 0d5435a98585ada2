"use strict";
// The library in the browser: how its cells look, when it asks anew, and when it knocks again.

(function () {
  const NO_ANSWER = 12000; // longer than the server may take
  const AGAIN = { done: Infinity, away: 3000, unseen: 0 }; // how long after such an answer to knock
  const NARROW = 720;
  const GRID = "library-grid";
  const KEYS = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
  const create = window.React.createElement;
  const touched = window.matchMedia("(pointer: coarse), (max-width: 719px)");
  const moment = new Intl.DateTimeFormat([], { dateStyle: "short", timeStyle: "short" });

  let view = null;
  let entered = 0;
  let fitted = null;
  let asked = { request: null, answer: null, due: Infinity };

  // Cells. A row that has not come yet has no data.

  const known = (form) => (params) => (params.value === null || params.value === undefined ? "" : form(params.value, params));

  function key(value, params) {
    if (value < 0) return "none";
    const mode = params.data.mode;
    return KEYS[value] + (mode === null ? "" : mode ? " major" : " minor");
  }

  function duration(value) {
    const seconds = Math.round(value / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function Mood(props) {
    const mood = props.value;
    if (!mood) return null;
    return create("span", { className: "mood", "data-mood": mood }, create("i", { className: "mark " + mood }), mood);
  }

  function Share(props) {
    if (props.value === null || props.value === undefined) return null;
    const bar = create("i", { className: "share-bar", style: { width: `${props.value * 100}%` } });
    return create("span", { className: "share" }, bar, props.valueFormatted);
  }

  function theme(quartz) {
    return quartz.withParams({
      fontFamily: "inherit",
      fontSize: 13,
      headerFontSize: 13,
      headerFontWeight: 600,
      rowHeight: touched.matches ? 44 : 40,
      headerHeight: touched.matches ? 48 : 40,
      spacing: 8,
      cellHorizontalPadding: 12,
      backgroundColor: "var(--card)",
      foregroundColor: "var(--ink)",
      textColor: "var(--ink)",
      headerBackgroundColor: "var(--card)",
      headerTextColor: "var(--ink)",
      subtleTextColor: "var(--muted)",
      borderColor: "var(--line)",
      accentColor: "var(--accent)",
      rowHoverColor: "var(--page)",
      oddRowBackgroundColor: "var(--card)",
      menuBackgroundColor: "var(--card)",
      menuTextColor: "var(--ink)",
      wrapperBorder: false,
      wrapperBorderRadius: 0,
      browserColorScheme: "inherit",
    });
  }

  // Title, artist and mood side by side on a phone; the rest is a swipe away.
  function fit(params) {
    const width = document.getElementById(GRID).clientWidth;
    if (!width || fitted === width < NARROW) return;
    fitted = width < NARROW;
    const widths = fitted ? { title: 120, artist: 88, mood: 124 } : { title: 280, artist: 180, mood: 136 };
    params.api.setColumnWidths(Object.entries(widths).map(([name, newWidth]) => ({ key: name, newWidth })));
  }

  // What is asked for. Rows are asked for anew where that changes, and where one comes back to the library.

  function look(beat, text, wanted) {
    const before = view;
    view = beat ? beat.view : null;
    if (view !== "library") return window.dash_clientside.no_update;
    if (before !== "library") entered = Date.now();
    const next = { text: (text || "").trim(), mood: beat.mood || "", entered };
    return JSON.stringify(next) === JSON.stringify(wanted) ? window.dash_clientside.no_update : next;
  }

  function renew() {
    if (!document.querySelector(`#${GRID} .ag-root`)) return; // it will ask as soon as it is there
    const api = window.dash_ag_grid.getApi(GRID);
    if (api.getDisplayedRowCount()) api.ensureIndexVisible(0, "top");
    api.purgeInfiniteCache();
  }

  // The file has the songs of the table, in its order.
  function save(link) {
    const query = new URLSearchParams({ text: document.getElementById("library-text").value.trim() });
    const api = window.dash_ag_grid.getApi(GRID);
    const sorted = api.getColumnState().find((column) => column.sort);
    if (sorted) query.set("sort", sorted.colId);
    if (sorted && sorted.sort === "desc") query.set("descending", "true");
    for (const [name, { type, filter, filterTo }] of Object.entries(api.getFilterModel())) {
      const limits = type === "inRange" ? [filter, filterTo] : type === "lessThanOrEqual" ? ["", filter] : [filter, ""];
      query.append("between", [name, ...limits].join(":"));
    }
    query.set("mood", window.moodstream.filters.chosen().mood);
    link.href = link.pathname + "?" + query;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.songs-csv");
    if (link) save(link);
  });

  function knock(_, wanted, request, answer) {
    const now = Date.now();
    // Dash often tells of a request only together with its answer.
    if (request && request !== asked.request) asked = { request, answer: asked.answer, due: now + NO_ANSWER };
    if (answer && answer !== asked.answer) asked = { request, answer, due: now + AGAIN[answer.how] };
    if (wanted && view === "library" && !document.hidden && now >= asked.due) {
      asked.due = now + NO_ANSWER;
      window.dash_clientside.set_props("library-knock", { data: now });
    }
    return window.dash_clientside.no_update;
  }

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    libraryTheme: theme,
    libraryFit: fit,
    libraryCount: known((value) => value.toLocaleString()),
    libraryMoment: known((value) => moment.format(new Date(value))),
    libraryShare: known((value) => value.toFixed(2)),
    libraryTenth: known((value) => value.toFixed(1)),
    libraryKey: known(key),
    libraryDuration: known(duration),
  });
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
    LibraryMood: Mood,
    LibraryShare: Share,
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside, { library: { look, renew, knock } });
})();
