// Sharpening: asks the program first, and then shows the picture through a
// filter. The film itself stays as it was recorded.

import { words } from "./words.js";

const button = document.getElementById("sharp");
const film = document.getElementById("film");
const theatre = document.getElementById("theatre");
const says = document.getElementById("says");
const say = words(button);

function show(yes) {
  film.classList.toggle("sharpened", yes);
  button.setAttribute("aria-pressed", String(yes));
  says.textContent = yes ? say.on : say.off;
}

async function ask() {
  button.disabled = true;
  try {
    const body = new URLSearchParams({ filter: button.dataset.filter });
    const answer = await fetch("/terugkijken/" + theatre.dataset.id + "/bewerken", { method: "POST", body });
    if (answer.ok) show(true);
    else says.textContent = (await answer.text()).trim();
  } catch {
    says.textContent = say.failed;
  }
  button.disabled = false;
}

if (film) {
  button.addEventListener("click", () => {
    if (film.classList.contains("sharpened")) show(false);
    else ask();
  });
}
