// Shows the overview of another camera or day as soon as it is chosen.

import { words } from "./words.js";

const form = document.getElementById("wish");
let last = 0;

async function update() {
  const turn = ++last;
  const section = document.getElementById("overview");
  section.setAttribute("aria-busy", "true");
  section.setAttribute("aria-label", words(section).busy);
  const wish = new URLSearchParams(new FormData(form));
  const answer = await fetch("/terugkijken?" + wish).catch(() => null);
  if (turn !== last) return;
  if (!answer || !answer.ok) {
    section.removeAttribute("aria-busy");
    section.removeAttribute("aria-label");
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("overview");
  if (next) section.replaceWith(document.adoptNode(next));
}

for (const id of ["camera", "day"]) {
  document.getElementById(id).addEventListener("change", update);
}
