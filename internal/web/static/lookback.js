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

// A click in the overview chooses ten minutes around that time. By keyboard
// one types it, or takes a line of the table.
const around = 5 * 60 * 1000; // ms
const times = new Intl.DateTimeFormat("nl-NL", { timeZone: "Europe/Amsterdam", hour12: false, hour: "2-digit", minute: "2-digit" });

function pick(event) {
  const bar = event.target instanceof Element && event.target.closest("[data-pick]");
  if (!bar) return;
  const box = bar.getBoundingClientRect();
  const begins = Number(bar.dataset.from);
  const ends = Number(bar.dataset.to);
  const at = begins + ((event.clientX - box.left) / box.width) * (ends - begins);
  const time = (ms) => times.format(new Date(Math.min(ends - 60000, Math.max(begins, ms)))).replace(/^24/, "00");
  document.getElementById("from").value = time(at - around);
  document.getElementById("to").value = time(at + around);
}

document.addEventListener("click", pick);

for (const id of ["camera", "day"]) {
  document.getElementById(id).addEventListener("change", update);
}
