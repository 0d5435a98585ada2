"use strict";
// What the reader says of the play that is shown: like, dislike, skip, or "this is actually ...".

(function () {
  const SHOWN = 6000;
  const notice = document.getElementById("notice");
  let timer = null;

  async function say(button) {
    const { play, listener, song } = button.closest("[data-play]").dataset;
    const said = button.dataset.say;
    const about = { play_id: play, listener, song_id: song };
    const opinion = /^[A-Z]/.test(said) ? { mood: said } : { reaction: said };
    button.disabled = true;
    tell("Sending …");
    try {
      tell(await post(Object.assign(about, opinion)));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // what fetch throws where nobody answers
      tell("The dashboard does not answer: it was not sent.");
    }
    button.disabled = false;
  }

  async function post(feedback) {
    const answer = await fetch("/api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(feedback),
    });
    if (answer.ok) return "Sent.";
    const problem = await answer.json().catch(() => ({}));
    return problem.detail || `The dashboard refused it (${answer.status}).`;
  }

  function tell(text) {
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => (notice.hidden = true), SHOWN);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play] [data-say]");
    if (button) say(button);
  });
})();
