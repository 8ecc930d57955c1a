// Stills: asks the program for one moment of the film as a picture, and lays
// it over the film until somebody goes on. It is drawn, and kept nowhere.

import { Reel } from "./film.js";
import { wall } from "./zoom.js";
import { words } from "./words.js";

const form = document.getElementById("still-form");
const film = document.getElementById("film");
const screen = document.getElementById("screen");
const picture = document.getElementById("still-picture");
const curtain = document.getElementById("curtain");
const unable = document.getElementById("unable");
const theatre = document.getElementById("theatre");

if (form && film && picture) begin();

function begin() {
  const say = words(form);
  const reel = new Reel(JSON.parse(theatre.dataset.map));
  const says = document.getElementById("still-says");
  const go = document.getElementById("still-go");
  const back = document.getElementById("still-back");
  const bar = document.getElementById("still-bar");
  const place = document.getElementById("still-place");
  let asked = 0; // the latest question; what comes of an older one is too late
  let drawn = null; // second of film of the picture that is on the screen, if the browser says so
  let lasts = 0.04; // seconds that a picture lasts, as far as was seen

  // drop forgets the picture: nothing of it remains. What is still to come is
  // too late.
  function drop() {
    asked++;
    picture.hidden = bar.hidden = true;
    picture.width = picture.height = 0;
  }

  // gone reports whether the film may no longer be seen either. One that this
  // browser can't play may be seen, moment by moment.
  function gone() {
    return !film.isConnected || film.hidden && unable.hidden || !curtain.hidden || theatre.hasAttribute("data-lost");
  }

  // draw shows the picture, unless it is too late by then.
  async function draw(answer, text, mine) {
    const image = await createImageBitmap(await answer.blob());
    if (mine === asked && !gone()) {
      picture.width = image.width;
      picture.height = image.height;
      picture.getContext("2d").drawImage(image, 0, 0);
      picture.setAttribute("aria-label", `${say.label} ${text}`);
      document.getElementById("still-of").textContent = `${say.label} ${text}`;
      picture.hidden = bar.hidden = false;
      screen.scrollIntoView({ block: "center" });
    }
    image.close();
  }

  // settle stops the film in the middle of what is on the screen, so that clock,
  // film and still say the same: a film and the clock of what it shows are some
  // milliseconds apart. A browser that is busy draws its pictures late.
  async function settle() {
    film.pause();
    if (drawn === null || film.seeking) return;
    await new Promise((done) => {
      film.addEventListener("seeked", done, { once: true });
      setTimeout(done, 1000);
      film.currentTime = drawn + lasts / 2;
    });
  }

  async function ask() {
    go.disabled = true;
    says.textContent = say.busy;
    await settle();
    drop();
    const mine = asked;
    const ms = reel.shows(film.currentTime);
    const choice = new FormData(form);
    const body = new URLSearchParams({ moment: String(Math.floor(ms)), filter: choice.get("filter") || "", deel: choice.get("deel") || "" });
    let line = say.failed;
    try {
      const answer = await fetch("/terugkijken/" + theatre.dataset.id + "/stil", { method: "POST", body });
      if (answer.ok) {
        const text = answer.headers.get("Oogmerk-Moment") || wall(ms);
        await draw(answer, text, mine);
        line = mine === asked ? `${say.shown} ${text}` : "";
      } else {
        line = (await answer.text()).trim();
      }
    } catch {
      // line says so
    }
    says.textContent = line;
    go.disabled = false;
  }

  function choose() {
    if (place) place.disabled = new FormData(form).get("filter") !== "vergroten";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  form.addEventListener("change", choose);
  back.addEventListener("click", () => {
    drop();
    says.textContent = "";
    go.focus();
  });
  for (const kind of ["contextmenu", "dragstart"]) picture.addEventListener(kind, (event) => event.preventDefault());
  // Who goes on with the film, or may no longer see it, sees the still no longer.
  for (const kind of ["play", "seeking"]) film.addEventListener(kind, drop);
  theatre.addEventListener("oogmerk-went", drop);
  // Dropping is a change too: what is dropped isn't dropped again.
  new MutationObserver(() => { if (gone() && !picture.hidden) drop(); }).observe(theatre, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "data-lost"] });
  if (film.requestVideoFrameCallback) {
    const next = (_, frame) => {
      if (drawn !== null && frame.mediaTime > drawn) lasts = Math.min(lasts, frame.mediaTime - drawn);
      drawn = frame.mediaTime;
      film.requestVideoFrameCallback(next);
    };
    film.requestVideoFrameCallback(next);
    film.addEventListener("seeking", () => { drawn = null; });
  }
  choose();
}
