// On every page: counts down how long a colleague stays, lets a colleague
// leave without loading the page again, and tells that someone is still here.

import { words } from "./words.js";

const say = words(document.body);

function present() {
  return document.getElementById("present");
}

const soon = 120; // seconds before the end of a stay

// A stay that was n seconds when the part of the page came, is so many now.
const came = new WeakMap();

function left(timer) {
  if (!came.has(timer)) {
    came.set(timer, performance.now());
  }
  return Number(timer.dataset.left) - (performance.now() - came.get(timer)) / 1000;
}

function show(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

function count() {
  let over = false;
  for (const timer of document.querySelectorAll("[data-left]")) {
    const seconds = left(timer);
    timer.textContent = seconds > 0 ? show(seconds) : say.left;
    timer.classList.toggle("soon", seconds < soon);
    if (seconds < soon && seconds > soon - 30) once("soon", timer.dataset.name);
    if (seconds <= 0) once("gone", timer.dataset.name);
    over ||= seconds <= -1 && !timer.dataset.over;
    if (seconds <= -1) timer.dataset.over = "1";
  }
  if (over) refresh();
}

// once tells who listens, and doesn't see a countdown turn red, what comes.
const told = new Set();

function once(what, name) {
  if (told.has(what + name)) return;
  told.add(what + name);
  document.querySelector("[data-announce]").textContent = say[what].replace("%s", name);
}

// refresh gets the part of the header that says who is here.
export async function refresh() {
  const part = present();
  if (!part) return;
  const answer = await fetch("/aanwezig?terug=" + encodeURIComponent(part.dataset.back)).catch(() => null);
  if (answer && answer.ok) replace(await answer.text());
  if (answer && answer.status === 401) leaveNobody(part);
}

// leaveNobody shows that nobody sits here any more.
function leaveNobody(part) {
  const row = document.createElement("p");
  row.className = "present-row";
  const link = document.createElement("a");
  link.href = "/aanmelden?terug=" + encodeURIComponent(part.dataset.back);
  link.textContent = say.signin;
  row.append(say.nobody + " ", link);
  part.replaceChildren(row);
}

function replace(html) {
  const part = present();
  const next = document.createElement("template");
  next.innerHTML = html;
  if (part && next.content.firstElementChild) part.replaceWith(next.content.firstElementChild);
  count();
}

async function leave(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.part !== "present") return;
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Oogmerk": "deel" },
  }).catch(() => null);
  if (!answer || !answer.ok) {
    form.submit();
    return;
  }
  replace(await answer.text());
  document.getElementById("inhoud").focus();
}

// Where pictures are shown a seat stays in use as long as someone touches it.
let touched = performance.now();
function touch() {
  if (performance.now() - touched < 60000) return;
  touched = performance.now();
  refresh();
}

document.addEventListener("submit", leave);
if (document.querySelector("[data-showing]")) {
  for (const kind of ["pointerdown", "pointermove", "keydown"]) {
    document.addEventListener(kind, touch, { passive: true });
  }
}
setInterval(count, 1000);
count();

const wrong = document.getElementById("wrong");
if (wrong) wrong.focus();

// What is folded is printed, too.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open], .demo-more, .machine)")) {
    fold.open = true;
    addEventListener("afterprint", () => { fold.open = false; }, { once: true });
  }
});
