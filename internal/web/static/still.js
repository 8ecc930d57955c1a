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
const theatre = document.getElementById("theatre");

if (form && film && picture) begin();

function begin() {
  const say = words(form);
  const reel = new Reel(JSON.parse(theatre.dataset.map));
  const says = document.getElementById("still-says");
  const go = document.getElementById("still-go");
  const back = document.getElementById("still-back");
  const place = document.getElementById("still-place");
  let asked = 0; // the latest question; what comes of an older one is too late

  // drop forgets the picture: nothing of it remains. What is still to come is
  // too late.
  function drop() {
    asked++;
    picture.hidden = back.hidden = true;
    picture.width = picture.height = 0;
  }

  // gone reports whether the film may no longer be seen either.
  function gone() {
    return !film.isConnected || film.hidden || !curtain.hidden;
  }

  async function draw(answer, text) {
    const image = await createImageBitmap(await answer.blob());
    picture.width = image.width;
    picture.height = image.height;
    picture.getContext("2d").drawImage(image, 0, 0);
    image.close();
    picture.setAttribute("aria-label", `${say.label} ${text}`);
    picture.hidden = back.hidden = gone();
    if (gone()) drop();
    else screen.scrollIntoView({ block: "center" });
  }

  async function ask() {
    film.pause();
    drop();
    const mine = asked;
    const ms = reel.shows(film.currentTime);
    if (ms === null) return;
    const choice = new FormData(form);
    const body = new URLSearchParams({ moment: String(Math.round(ms)), filter: choice.get("filter") || "", deel: choice.get("deel") || "" });
    go.disabled = true;
    says.textContent = say.busy;
    try {
      const answer = await fetch("/terugkijken/" + theatre.dataset.id + "/stil", { method: "POST", body });
      if (mine !== asked) return;
      if (answer.ok) {
        const text = answer.headers.get("Oogmerk-Moment") || wall(ms);
        await draw(answer, text);
        says.textContent = `${say.shown} ${text}`;
      } else {
        says.textContent = (await answer.text()).trim();
      }
    } catch {
      says.textContent = say.failed;
    } finally {
      go.disabled = false;
    }
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
  // Dropping is a change too: what is dropped isn't dropped again.
  new MutationObserver(() => { if (gone() && !picture.hidden) drop(); }).observe(screen, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"] });
  choose();
}
