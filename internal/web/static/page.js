// On every page: counts down how long a colleague stays, lets a colleague
// leave without loading the page again, and tells that someone is still here.

import { words } from "./words.js";

const say = words(document.body);

function present() {
  return document.getElementById("present");
}

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
    timer.classList.toggle("soon", seconds < 120);
    over ||= seconds <= -1 && !timer.dataset.over;
    if (seconds <= -1) timer.dataset.over = "1";
  }
  if (over) refresh();
}

// refresh gets the part of the header that says who is here.
export async function refresh() {
  const part = present();
  if (!part) return;
  const answer = await fetch("/aanwezig?terug=" + encodeURIComponent(part.dataset.back)).catch(() => null);
  if (answer && answer.ok) replace(await answer.text());
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
