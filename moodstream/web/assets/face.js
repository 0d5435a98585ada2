"use strict";
// A picture or a snapshot of the camera -> what its face says, and a playlist for it.
//
// The picture is drawn small and upright before it is sent, so that it has none of what cameras write into files (where
// it was taken), and no phone is too slow to send it. What the browser cannot draw is sent as it is: the server says why.

(function () {
  const { Refusal, ask, newest, say, element, percent, mood, list, saving } = window.moodstream.discover;
  const LONGEST = 1280;
  const QUALITY = 0.92;
  const frame = document.getElementById("face-picture");
  const video = document.getElementById("face-video");
  const canvas = document.getElementById("face-canvas");
  const file = document.getElementById("face-file");
  const camera = document.getElementById("face-camera");
  const take = document.getElementById("face-take");
  const stop = document.getElementById("face-stop");
  const said = document.getElementById("face-said");
  const found = document.getElementById("face-found");
  const playlist = document.getElementById("face-list");
  const hint = document.getElementById("face-hint");
  const run = newest(said);
  let asked = null; // for a playlist as the one that is shown
  const FAULTS = {
    NotAllowedError: "The browser may not use the camera: allow it beside the address, or choose a picture.",
    NotFoundError: "There is no camera: choose a picture.",
    NotReadableError: "The camera is in use by another program: close that, or choose a picture.",
  };

  // Looking

  async function read(picture, signal) {
    const listener = window.moodstream.filters.chosen().listener;
    const query = listener ? "?" + new URLSearchParams({ listener }) : "";
    const headers = { "Content-Type": picture.type || "application/octet-stream" };
    const answer = await ask("/api/v1/faces/mood" + query, signal, { method: "POST", headers, body: picture });
    show(await answer.json(), listener);
  }

  function show(told, listener) {
    const low = told.confidence === "low" ? ", with low confidence" : "";
    say(said, "");
    said.append(mood(told.mood), ` ${percent(told.probabilities[told.mood])}${low}`);
    const others = told.background;
    const left = others ? ` ${others} smaller ${others === 1 ? "face" : "faces"} behind left out.` : "";
    document.getElementById("face-because").textContent = told.because + left;
    const emotions = Object.entries(told.emotions).sort((one, other) => other[1] - one[1]);
    document.getElementById("face-emotions").replaceChildren(...emotions.map(bar));
    mark(told);
    const songs = told.playlist.length;
    const none = "There are no songs to play yet: start python stream_music.py.";
    asked = Object.assign({ mood: told.mood }, listener && { listener });
    const words = `${songs} ${told.mood} ${songs === 1 ? "song" : "songs"}${listener ? ` for ${listener}` : ""}`;
    document.getElementById("face-list-said").textContent = songs ? words : none;
    list(document.getElementById("face-songs"), told.playlist, (track) => [
      ...(track.mood ? [mood(track.mood)] : []),
      element("bdi", "", track.reason),
    ]);
    hint.hidden = true;
    found.hidden = playlist.hidden = false;
  }

  function bar([emotion, share], place) {
    const fill = element("span", "fill");
    fill.style.width = `${100 * share}%`;
    const number = element("span", "share", percent(share));
    return element("li", place ? "" : "told", emotion, element("span", "bar", fill), number);
  }

  /** A frame around the face, in the picture that is shown. */
  function mark({ face, width }) {
    if (canvas.hidden) return;
    const pen = canvas.getContext("2d");
    const scale = canvas.width / width;
    const box = [face.x, face.y, face.width, face.height].map((part) => part * scale);
    for (const [colour, wide] of [["#000000", 6], ["#ffffff", 3]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = (wide * canvas.width) / canvas.clientWidth;
      pen.strokeRect(...box);
    }
  }

  // Pictures

  async function upload(chosen) {
    end();
    await look(async () => {
      const drawn = await createImageBitmap(chosen).catch(() => null);
      if (!drawn) return chosen;
      const picture = await draw(drawn, drawn.width, drawn.height);
      drawn.close();
      return picture;
    });
  }

  async function look(picture) {
    found.hidden = playlist.hidden = canvas.hidden = true;
    await run(frame, "Looking …", async (signal) => read(await picture(), signal));
  }

  /** Draws something on the canvas, small, and gives it as a JPEG. */
  function draw(what, width, height) {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d").drawImage(what, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  }

  // The camera

  async function start() {
    end();
    await run(camera, "Waiting for the camera …", async () => {
      const wish = { video: { facingMode: "user", width: { ideal: 1280 } }, audio: false };
      const stream = await navigator.mediaDevices.getUserMedia(wish).catch((error) => {
        throw new Refusal(FAULTS[error.name] || "The camera cannot be used: choose a picture.");
      });
      if (!isLookedAt()) return stream.getTracks().forEach((track) => track.stop());
      video.srcObject = stream;
      await video.play();
      found.hidden = playlist.hidden = canvas.hidden = true;
      filming(true);
      say(said, "Look at the camera.");
      take.focus();
    });
  }

  async function snap() {
    const { videoWidth, videoHeight } = video;
    const picture = await draw(video, videoWidth, videoHeight);
    end();
    frame.classList.add("mirrored");
    await run(camera, "Looking …", (signal) => read(picture, signal));
  }

  function end() {
    const stream = video.srcObject;
    if (stream) stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    frame.classList.remove("mirrored");
    filming(false);
  }

  function filming(is) {
    const focused = [take, stop].includes(document.activeElement);
    video.hidden = take.hidden = stop.hidden = !is;
    camera.hidden = is || !navigator.mediaDevices;
    if (focused && !is) camera.focus();
  }

  function isLookedAt() {
    return document.body.dataset.view === "discover" && !document.hidden;
  }

  function leave() {
    if (video.srcObject && !isLookedAt()) {
      end();
      say(said, "");
    }
  }

  file.addEventListener("change", () => {
    if (file.files.length) upload(file.files[0]);
    file.value = ""; // so that the same picture can be chosen again
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    frame.addEventListener(kind, (event) => {
      event.preventDefault();
      frame.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      const [dropped] = event.dataTransfer.files;
      if (kind === "drop" && dropped) upload(dropped);
    });
  }
  const name = () => [asked.mood, asked.listener].filter(Boolean).join(" for ");
  saving(playlist, () => ({ path: "/api/v1/playlists", question: asked, name: name() }));
  camera.addEventListener("click", start);
  take.addEventListener("click", snap);
  stop.addEventListener("click", () => {
    end();
    say(said, "");
  });
  document.addEventListener("visibilitychange", leave);
  new MutationObserver(leave).observe(document.body, { attributeFilter: ["data-view"] });
  filming(false);
})();
