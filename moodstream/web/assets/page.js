"use strict";
// What runs in the browser: when to ask for changes, and saying how fresh the page is.
//
// `push` is what the server said last over the socket, once a second; `second` is the page's own clock. A hidden page
// asks for nothing. A page that no push reaches, because there is no socket, asks at every second instead.

window.dash_clientside = Object.assign({}, window.dash_clientside, {
  page: (function () {
    const ASK_ANYWAY = 10000; // the server forgets what nobody asks for
    const NO_PUSH = 3500;
    const NO_ANSWER = 8000;
    const SILENT = 6000;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

    let asked = null; // the last beat
    let pushed = { what: null, at: 0 };
    let heard = { push: null, shown: null, age: null, at: Date.now() };
    let told = {};

    document.addEventListener("visibilitychange", () => (heard.at = Date.now()));

    function beat(push, _, shown) {
      const now = Date.now();
      if (push && push !== pushed.what) pushed = { what: push, at: now };
      if (document.hidden || (asked && isWaiting(now, shown)) || !isDue(now)) {
        return window.dash_clientside.no_update;
      }
      asked = { at: now, version: push && push.version, dark: dark.matches, zone: zone };
      return asked;
    }

    function isWaiting(now, shown) {
      return (!shown || shown.beat !== asked.at) && now - asked.at < NO_ANSWER;
    }

    function isDue(now) {
      if (!asked || asked.dark !== dark.matches || now - asked.at > ASK_ANYWAY) return true;
      return now - pushed.at > NO_PUSH || pushed.what.version !== asked.version;
    }

    function tell(push, shown) {
      const now = Date.now();
      if (push !== heard.push || shown !== heard.shown) {
        const newer = (push !== heard.push ? push : shown) || {};
        heard = { push: push, shown: shown, age: newer.age, at: now };
      }
      const silent = now - heard.at > SILENT;
      return changed({
        updated: silent ? "" : freshness(heard.age + (now - heard.at) / 1000),
        silence: silent
          ? `The dashboard has not answered since ${clock(heard.at)}; showing what was known. Start python dashboard.py.`
          : "",
        hidden: !silent,
      });
    }

    function freshness(seconds) {
      if (heard.age === null || heard.age === undefined) return "connecting";
      if (seconds < 5) return "live";
      return seconds < 90 ? `updated ${Math.round(seconds)} s ago` : `updated ${Math.round(seconds / 60)} min ago`;
    }

    function clock(milliseconds) {
      return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    }

    function changed(said) {
      const names = ["updated", "silence", "hidden"];
      const values = names.map((name) => (said[name] === told[name] ? window.dash_clientside.no_update : said[name]));
      told = said;
      return values;
    }

    return { beat, tell };
  })(),
});
