// Choosing what to play back: the overview follows the form, and a moment in
// the timeline or a day in the calendar fills it in.

import { words } from "./words.js";
import { Zoom, dayOf, wall } from "./zoom.js";

const form = document.getElementById("wish");
const field = (id) => document.getElementById(id);
const around = 5 * 60e3; // ms on either side of a moment that was picked
const longest = 2 * 3600e3; // ms that can be played at once
const weeks = 28 * 24 * 3600e3;
let last = 0;
let zoom = null;

// update gets the overview of what the form says. View is what the timeline
// should go on showing, if anything.
async function update(address, view) {
  const turn = ++last;
  const section = field("overview");
  section.setAttribute("aria-busy", "true");
  section.setAttribute("aria-label", words(section).busy);
  const answer = await fetch(address || "/terugkijken?" + new URLSearchParams(new FormData(form))).catch(() => null);
  if (turn !== last) return;
  if (!answer || !answer.ok) {
    section.removeAttribute("aria-busy");
    section.removeAttribute("aria-label");
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("overview");
  if (!next) return;
  section.replaceWith(document.adoptNode(next));
  begin(view);
}

// --- the timeline -----------------------------------------------------------

function begin(view) {
  const element = document.querySelector("[data-zoom]");
  if (!element) return;
  const from = Number(element.dataset.from);
  const to = Number(element.dataset.to);
  const end = Math.min(Number(element.dataset.now) + 3600e3, to + weeks / 2);
  const limits = { begin: Math.min(end - weeks, from), end: Math.max(end, to) };
  zoom = new Zoom(element, { ...limits, from, to, picked: pick, seeked: pick });
  zoom.choose = chooseShown;
  zoom.moved = speak;
  element.addEventListener("loaded", () => zoom.tell());
  zoom.mark(spanOfForm()[0] || (from + to) / 2, false);
  zoom.part(spanOfForm());
  if (view) zoom.show(view[0], view[1]);
  const box = zoom.box;
  box.tabIndex = 0;
  box.setAttribute("role", "slider");
  box.setAttribute("aria-label", element.dataset.label);
  box.setAttribute("aria-describedby", "zoom-hint");
  box.addEventListener("keydown", press);
  speak();
}

// speak says where the needle is to who doesn't see it.
function speak() {
  const box = zoom.box;
  box.setAttribute("aria-valuemin", String(Math.round(zoom.begin / 1000)));
  box.setAttribute("aria-valuemax", String(Math.round(zoom.end / 1000)));
  box.setAttribute("aria-valuenow", String(Math.round(zoom.at / 1000)));
  box.setAttribute("aria-valuetext", `${dayOf(zoom.at)} ${wall(zoom.at)} ${zoom.tell()}`);
}

function press(event) {
  const step = (zoom.to - zoom.from) / (event.shiftKey ? 6 : 60);
  const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageUp: -24 * 3600e3, PageDown: 24 * 3600e3 };
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in moves) zoom.mark(zoom.at + moves[event.key]);
  else if (event.key === "Home") zoom.mark(zoom.begin);
  else if (event.key === "End") zoom.mark(zoom.end);
  else if (event.key === "Enter" || event.key === " ") pick(zoom.at);
  else if (!zoom.key(event)) return;
  event.preventDefault();
  speak();
}

// pick fills in ten minutes around a moment.
function pick(ms) {
  choose(Math.max(zoom.begin, ms - around), ms + around);
}

function chooseShown() {
  if (zoom.to - zoom.from > longest + 1000) zoom.speak(zoom.say.long);
  else choose(zoom.from, zoom.to);
}

// choose fills in a stretch. One that begins the day before is that day's.
function choose(from, to) {
  field("from").value = wall(from);
  field("to").value = wall(to);
  zoom.part([from, to]);
  zoom.speak(zoom.say.chosen.replace("%s", wall(from)).replace("%s", wall(to)));
  speak();
  if (field("day").value !== dayOf(from)) {
    field("day").value = dayOf(from);
    const at = zoom.at;
    update(undefined, [zoom.from, zoom.to]).then(() => { zoom.mark(at, false); speak(); });
  }
}

// spanOfForm is the stretch that is filled in, roughly: by the lengths of the
// day that is shown.
function spanOfForm() {
  const element = document.querySelector("[data-zoom]");
  const seconds = (text) => {
    const m = text.trim().match(/^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$/);
    return m ? Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3] || 0) : null;
  };
  const [a, b] = [seconds(field("from").value), seconds(field("to").value)];
  if (a === null || b === null) return [];
  const begins = Number(element.dataset.from);
  return [begins + a * 1000, begins + (b < a ? b + 86400 : b) * 1000];
}

// --- the calendar -----------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-day], a[data-month]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const wish = new URLSearchParams(new FormData(form));
  wish.set("datum", new URL(link.href).searchParams.get("datum"));
  if (link.dataset.day) {
    field("day").value = link.dataset.day;
    update();
  } else {
    update("/terugkijken?" + wish).then(() => document.querySelector("[data-month]")?.focus());
  }
});

for (const id of ["camera", "day"]) field(id).addEventListener("change", () => update());
form.addEventListener("change", (event) => {
  if (event.target.name === "ook") update(undefined, zoom && [zoom.from, zoom.to]);
});
for (const id of ["from", "to"]) field(id).addEventListener("input", () => zoom && zoom.part(spanOfForm()));
begin();
