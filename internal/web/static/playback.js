// Playing back: controls, the timeline, telling the program what the screen
// really showed, and stopping at once when it may not be shown any more.

import { refresh } from "./page.js";
import { words } from "./words.js";
import { called, plays } from "./codec.js";
import { Reel, typed } from "./film.js";
import { Zoom, wall } from "./zoom.js";

const theatre = document.getElementById("theatre");
const say = words(theatre);
const base = "/terugkijken/" + theatre.dataset.id;
const map = JSON.parse(theatre.dataset.map); // stretches of film: van, tot (seconds), toont (ms since 1970)
const film = document.getElementById("film");
const find = (id) => document.getElementById(id);

const silence = 5000; // ms without a word from the program after which nothing is shown

const reel = new Reel(map);
const shows = (second) => reel.shows(second);
const filmed = (ms) => reel.filmed(ms);
const length = reel.length;
const timeline = find("timeline");
const begins = Number(timeline.dataset.from);
const ends = Number(timeline.dataset.to);

function go(second) {
  if (over) return;
  film.currentTime = Math.min(Math.max(0, second), Math.max(0, length - 0.05));
  theatre.dispatchEvent(new Event("oogmerk-went"));
  draw();
}

// stepBy moves by real time: a gap is stepped over.
function stepBy(seconds) {
  const here = shows(film.currentTime);
  if (here === null) return;
  let to = filmed(here + seconds * 1000);
  // Inside a gap "the next there is" would keep a step back where it was.
  if (seconds < 0 && to >= film.currentTime - 0.01) to = film.currentTime + seconds;
  go(to);
}

function toggle() {
  if (over) return;
  if (film.paused) film.play().catch(() => {});
  else film.pause();
}

function draw() {
  if (over) return;
  const ms = shows(film.currentTime);
  if (ms === null) return;
  const text = wall(ms);
  find("clock").textContent = text;
  find("mark").textContent = film ? `${find("mark").dataset.mark} · ${text}` : "";
  const part = Math.min(1, Math.max(0, (ms - begins) / (ends - begins)));
  zoom.mark(ms, !film.paused);
  timeline.setAttribute("aria-valuenow", String(Math.round((part * (ends - begins)) / 1000)));
  const what = told(ms);
  if (find("piece").textContent !== what) find("piece").textContent = what;
  timeline.setAttribute("aria-valuetext", what ? `${text}, ${what}` : text);
}

// told is what there is at a time: held, or erased when. The table says so,
// until the timeline knows.
const rows = [...theatre.querySelectorAll("tr[data-from]")];

function told(ms) {
  const line = zoom.told(ms);
  if (line) return line;
  const row = rows.find((r) => ms < Number(r.dataset.to)) || rows[rows.length - 1];
  return row ? row.cells[2].textContent.trim() : "";
}

// --- what was shown ---------------------------------------------------------

const picture = 0.04; // seconds that a picture counts for who stands still at it

let from = 0; // seconds of film: what was shown since is not yet told
let upTo = 0;
let seeking = false;
let untold = []; // stretches before that, which aren't either

function note() {
  if (film.seeking || seeking || film.readyState < 2) return;
  upTo = Math.max(upTo, film.currentTime);
}

// turn ends a stretch: what comes is of another.
function turn() {
  if (upTo > from) untold.push([from, upTo]);
  from = upTo = Math.max(from, upTo);
}

// report tells what was shown, once a second: not at the moment somebody waits
// for a picture. Nothing new is told too, because who is silent has left.
function report(last) {
  if (over && !last) return;
  turn();
  const all = untold.length ? untold : [[from, from]];
  untold = [];
  for (const [van, tot] of all) tell(van, tot);
}

function tell(van, tot) {
  const body = new URLSearchParams({ van: van.toFixed(3), tot: tot.toFixed(3) });
  fetch(base + "/getoond", { method: "POST", body, keepalive: true })
    .then(async (answer) => {
      if (answer.status === 410 || answer.status === 401 || answer.status === 404) stop(null);
    })
    .catch(() => {});
}

// --- ending -----------------------------------------------------------------

let over = theatre.hasAttribute("data-ended");

// stop removes the picture: no src, no buffer, black.
function stop(html) {
  if (over) return;
  over = true;
  clearInterval(telling);
  clearInterval(watching);
  events.close();
  film.pause();
  film.removeAttribute("src");
  film.load();
  film.remove();
  find("mark").remove();
  find("desk").hidden = true;
  if (html) find("why").innerHTML = html;
  else find("why").textContent = say.over;
  const curtain = find("curtain");
  curtain.hidden = false;
  curtain.tabIndex = -1;
  curtain.focus();
  refresh();
}

let events, telling, watching;
let heard = performance.now();

function listen() {
  events = new EventSource(base + "/toestand");
  events.addEventListener("hier", () => {
    heard = performance.now();
    hide(false);
  });
  events.addEventListener("einde", (event) => stop(JSON.parse(event.data)));
}

function hide(yes) {
  theatre.toggleAttribute("data-lost", yes);
  if (!find("unable").hidden) return;
  if (yes && !film.hidden) {
    film.pause();
    find("says").textContent = say.lost;
  }
  if (!yes && film.hidden) find("says").textContent = "";
  film.hidden = yes;
}

// --- keys -------------------------------------------------------------------

const keys = {
  " ": toggle,
  k: toggle,
  ArrowLeft: (e) => stepBy(e.shiftKey ? -10 : e.ctrlKey ? -60 : -1),
  ArrowRight: (e) => stepBy(e.shiftKey ? 10 : e.ctrlKey ? 60 : 1),
  ArrowUp: () => stepBy(1),
  ArrowDown: () => stepBy(-1),
  PageUp: () => stepBy(-60),
  PageDown: () => stepBy(60),
  Home: () => go(0),
  End: () => go(length),
  g: () => find("goto-time").focus(),
  G: () => find("goto-time").focus(),
};

// Keys are ours only on the timeline and the buttons under it: elsewhere they
// scroll the page, or are somebody's own shortcuts.
function press(event) {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.altKey || event.metaKey || !at.closest("#timeline, .controls") || at.closest("input, select")) return;
  if (event.key === " " && at.closest("button, a")) return;
  if (over) return;
  if (keys[event.key]) keys[event.key](event);
  else if (!zoom.key(event)) return;
  event.preventDefault();
}

// --- a typed time -----------------------------------------------------------

function goTo(event) {
  event.preventDefault();
  const ms = map.length ? typed(find("goto-time").value, begins, ends) : null;
  find("goto-wrong").textContent = ms === null ? say.time : "";
  find("goto-time").setAttribute("aria-invalid", String(ms === null));
  if (ms !== null) go(filmed(ms));
}

// unplayable says that this browser doesn't play such film, and what can be
// done: stills are pictures that any browser shows.
function unplayable() {
  const stills = find("still-form");
  const line = document.createElement("p");
  line.textContent = (stills ? say["unsupported.still"] : say.unsupported).replace("%s", called(theatre.dataset.codec));
  find("unable").replaceChildren(line);
  find("unable").hidden = false;
  film.hidden = true;
  for (const id of ["play", "speed", "sharp"]) find(id).disabled = true;
  if (stills) find("still").open = true;
}

// --- begin ------------------------------------------------------------------

let zoom;

function begin() {
  zoom = new Zoom(document.querySelector("[data-zoom]"), { begin: begins, end: ends, from: begins, to: ends,
    picked: (ms) => go(filmed(ms)), seeked: (ms) => go(filmed(ms)) });
  timeline.setAttribute("aria-valuemax", String(Math.round((ends - begins) / 1000)));
  film.addEventListener("timeupdate", () => { note(); draw(); });
  film.addEventListener("seeking", () => { if (!seeking) turn(); seeking = true; });
  film.addEventListener("seeked", () => { seeking = false; from = film.currentTime; upTo = from + picture; draw(); });
  film.addEventListener("play", () => { find("play").textContent = say.pause; });
  film.addEventListener("pause", () => { note(); find("play").textContent = say.play; });
  film.addEventListener("error", () => { if (!over) find("says").textContent = say.gone; });
  for (const kind of ["contextmenu", "dragstart"]) film.addEventListener(kind, (e) => e.preventDefault());
  find("play").addEventListener("click", toggle);
  find("speed").addEventListener("change", (e) => { film.playbackRate = Number(e.target.value); });
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => stepBy(Number(button.dataset.step)));
  }
  find("goto").addEventListener("submit", goTo);
  for (const button of document.querySelectorAll("[data-mark]")) {
    button.addEventListener("click", () => { find(button.dataset.mark).value = find("clock").textContent; });
  }
  document.addEventListener("keydown", press);
  addEventListener("pagehide", () => { note(); report(true); });
  listen();
  telling = setInterval(() => { note(); report(); }, 1000);
  watching = setInterval(() => { if (performance.now() - heard > silence) hide(true); }, 500);
  if (plays(theatre.dataset.codec, film)) {
    if (!film.hasAttribute("src")) film.src = base + "/film.mp4";
    film.play().catch(() => {});
  } else {
    unplayable();
  }
  draw();
  timeline.focus({ preventScroll: true });
}

if (!over) begin();
