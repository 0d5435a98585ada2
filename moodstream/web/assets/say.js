"use strict";
// What the reader says of the play that is shown: like, dislike, skip, never again, or "this is actually ...".

(function () {
  const SHOWN = 6000;
  const PATIENCE = 15000;
  const notice = document.getElementById("notice");
  let timer = null;

  async function say(button) {
    if (button.getAttribute("aria-busy") === "true") return; // it keeps the focus, which a disabled one would lose
    const { play, listener, song } = button.closest("[data-play]").dataset;
    const said = button.dataset.say;
    const about = { play_id: play, listener, song_id: song };
    const opinion = /^[A-Z]/.test(said) ? { mood: said } : { reaction: said };
    button.setAttribute("aria-busy", "true");
    tell("Sending …");
    try {
      tell(await post(Object.assign(about, opinion)));
    } catch (error) {
      tell(unanswered(error));
    }
    button.removeAttribute("aria-busy");
  }

  function unanswered(error) {
    if (error.name === "TimeoutError") return "The dashboard does not answer: try again, it counts once.";
    if (!(error instanceof TypeError)) throw error; // what fetch throws where nobody is
    return "The dashboard does not answer: it was not sent.";
  }

  async function post(feedback) {
    const answer = await fetch("/api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(feedback),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) return "Sent.";
    const problem = await answer.json().catch(() => ({}));
    return problem.detail || `The dashboard refused it (${answer.status}).`;
  }

  function tell(text) {
    notice.hidden = false; // first: what is hidden is not announced
    notice.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (notice.hidden = true), SHOWN);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play] [data-say]");
    if (button) say(button);
  });
})();
