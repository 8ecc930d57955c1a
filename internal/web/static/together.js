// Several cameras played back on one clock. The clock is here; each film
// follows it, or shows that there is none. Each is told of by itself: what was
// shown of it, and that it may not be shown any more.

import { refresh } from "./page.js";
import { words } from "./words.js";
import { called, plays } from "./codec.js";
import { Reel, typed } from "./film.js";
import { Zoom, wall } from "./zoom.js";

const theatre = document.getElementById("theatre");
const say = words(theatre);
const find = (id) => document.getElementById(id);
const begins = Number(theatre.dataset.from);
const ends = Number(theatre.dataset.to);
const timeline = find("timeline");

const silence = 5000; // ms without a word from the program after which nothing is shown
const near = 0.04; // seconds that a film may be off the clock
const far = 0.35; // seconds off after which it jumps
const patience = 8000; // ms that all wait for one

// A Tile is one camera.
class Tile {
  constructor(element) {
    this.element = element;
    this.id = element.dataset.id;
    this.name = element.querySelector("h2").textContent;
    this.lane = element.dataset.camera;
    this.reel = new Reel(JSON.parse(element.dataset.map || "[]"));
    this.film = element.querySelector("video");
    this.hole = element.querySelector("[data-hole]");
    this.over = element.hasAttribute("data-ended");
    this.from = this.upTo = 0; // seconds of film: what was shown since is not yet told
    if (this.over) return;
    if (!plays(element.dataset.codec, this.film)) {
      this.unable = true;
      this.film.removeAttribute("src");
      this.cover(say.unsupported.replace("%s", called(element.dataset.codec)));
    }
    const film = this.film;
    film.addEventListener("seeking", () => { this.tell(); this.seeking = true; });
    film.addEventListener("seeked", () => { this.seeking = false; this.from = this.upTo = film.currentTime; });
    film.addEventListener("error", () => { if (!this.over && !this.unable) this.cover(say.gone); });
    for (const kind of ["contextmenu", "dragstart"]) film.addEventListener(kind, (e) => e.preventDefault());
  }

  get open() { return !this.over; }

  // cover says over the picture why there is none, "" if there is.
  cover(line) {
    if (this.covered === line) return;
    this.covered = line;
    this.hole.hidden = line === "";
    this.hole.firstElementChild.textContent = line;
  }

  // follow keeps the film with the clock, and reports whether it is there.
  follow(ms, rate, running) {
    if (this.over || this.unable) return true;
    const film = this.film;
    const want = this.reel.at(ms);
    if (want === null) {
      if (!film.paused) film.pause();
      const ahead = this.reel.filmed(ms); // so that it is ready when its turn comes
      if (!film.seeking && Math.abs(film.currentTime - ahead) > 0.1) film.currentTime = ahead;
      this.cover(zoom.told(ms, this.view) || say.none);
      return true;
    }
    this.cover("");
    const off = film.currentTime - want;
    if (film.seeking) return false;
    if (Math.abs(off) > far || (!running && Math.abs(off) > near)) {
      film.currentTime = want;
      return false;
    }
    if (film.readyState < 3) return film.readyState >= 2 && !running;
    film.playbackRate = Math.abs(off) < near ? rate : rate * (1 - Math.max(-0.25, Math.min(0.25, off)));
    if (running && film.paused) film.play().catch(() => {});
    if (!running && !film.paused) film.pause();
    return true;
  }

  // note keeps in mind what is on the screen.
  note() {
    const film = this.film;
    if (this.over || this.unable || this.covered || film.seeking || this.seeking || film.readyState < 2 || film.hidden) return;
    this.upTo = Math.max(this.upTo, film.currentTime);
  }

  tell() {
    if (this.over) return;
    this.note();
    const to = Math.max(this.from, this.upTo);
    const body = new URLSearchParams({ van: this.from.toFixed(3), tot: to.toFixed(3) });
    this.from = this.upTo = to;
    fetch(`/terugkijken/${this.id}/getoond`, { method: "POST", body, keepalive: true })
      .then((answer) => { if ([410, 401, 404].includes(answer.status)) this.stop(null); })
      .catch(() => {});
  }

  // stop removes the picture: no src, no buffer, black.
  stop(html) {
    if (this.over) return;
    this.over = true;
    this.film.pause();
    this.film.removeAttribute("src");
    this.film.load();
    this.film.remove();
    this.element.querySelector("[data-watermark]").remove();
    this.hole.remove();
    this.element.querySelector(".plate-state")?.remove();
    const curtain = this.element.querySelector("[data-curtain]");
    if (html) curtain.innerHTML = html;
    else curtain.textContent = say.over;
    curtain.hidden = false;
    if (!tiles.some((t) => t.open)) finish();
    refresh();
  }
}

const tiles = [...document.querySelectorAll("[data-tile]")].map((element) => new Tile(element));
const playing = () => tiles.filter((t) => t.open);

let zoom = null;
let now = begins; // the clock: ms since 1970
let rate = 1;
let running = false; // as the people here want it
let waiting = 0; // since when one of them isn't there
let hidden = false;

// earliest is the first moment at which there is a picture of any camera.
const earliest = () => Math.min(...playing().map((t) => t.reel.map[0]?.toont ?? begins), ends);

// --- the clock --------------------------------------------------------------

let last = performance.now();

function beat() {
  const at = performance.now();
  const passed = Math.min(at - last, 250);
  last = at;
  if (playing().length === 0) return;
  const go = running && !hidden;
  const late = playing().filter((t) => !t.follow(now, rate, go));
  if (late.length === 0) waiting = 0;
  else if (!waiting) waiting = at;
  // All wait for who is late, for a while.
  const moves = go && (late.length === 0 || at - waiting > patience);
  if (go && !moves) for (const t of playing()) if (!late.includes(t) && t.film && !t.film.paused) t.film.pause();
  if (moves) now = Math.min(ends, now + passed * rate);
  if (now >= ends && running) play(false);
  const slow = late.length && waiting && at - waiting > 600 ? say.waits.replace("%s", late.map((t) => t.name).join(", ")) : "";
  if (find("waits").textContent !== slow) find("waits").textContent = slow;
  for (const t of playing()) t.note();
  draw();
}

let drawn = "";

function draw() {
  const text = wall(now);
  zoom.mark(now, running);
  if (text === drawn) return;
  drawn = text;
  find("clock").textContent = text;
  timeline.setAttribute("aria-valuenow", String(Math.round((now - begins) / 1000)));
  timeline.setAttribute("aria-valuetext", text);
  for (const t of playing()) {
    const piece = t.element.querySelector("[data-piece]");
    const line = zoom.told(now, t.view);
    if (piece.textContent !== line) piece.textContent = line;
    const mark = t.element.querySelector("[data-watermark]");
    mark.textContent = `${mark.dataset.watermark} · ${text}`;
  }
}

function play(yes) {
  running = yes;
  waiting = 0;
  find("play").textContent = yes ? say.pause : say.play;
}

function go(ms) {
  now = Math.min(Math.max(begins, ms), ends);
  waiting = 0;
  drawn = "";
}

// --- ending -----------------------------------------------------------------

let events;
let heard = performance.now();

function listen() {
  events = new EventSource(`/naast-elkaar/${theatre.dataset.id}/toestand`);
  events.addEventListener("hier", () => { heard = performance.now(); hide(false); });
  events.addEventListener("einde", (event) => {
    const said = JSON.parse(event.data);
    tiles.find((t) => t.id === said.id)?.stop(said.waarom);
  });
}

function hide(yes) {
  if (yes === hidden) return;
  hidden = yes;
  find("says").textContent = yes ? say.lost : "";
  for (const t of playing()) {
    if (yes) t.film.pause();
    t.film.hidden = yes;
  }
}

function finish() {
  clearInterval(telling);
  clearInterval(watching);
  clearInterval(beating);
  events.close();
  find("desk").hidden = true;
  const first = document.querySelector("[data-curtain]");
  first.tabIndex = -1;
  first.focus();
}

// --- keys -------------------------------------------------------------------

const keys = {
  " ": () => play(!running),
  k: () => play(!running),
  ArrowLeft: (e) => go(now - (e.shiftKey ? 10e3 : e.ctrlKey ? 60e3 : 1e3)),
  ArrowRight: (e) => go(now + (e.shiftKey ? 10e3 : e.ctrlKey ? 60e3 : 1e3)),
  ArrowUp: () => go(now + 1e3),
  ArrowDown: () => go(now - 1e3),
  PageUp: () => go(now - 60e3),
  PageDown: () => go(now + 60e3),
  Home: () => go(begins),
  End: () => go(ends),
  g: () => find("goto-time").focus(),
  G: () => find("goto-time").focus(),
};

function press(event) {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.altKey || event.metaKey || !at.closest("#timeline, .controls") || at.closest("input, select")) return;
  if (event.key === " " && at.closest("button, a")) return;
  if (keys[event.key]) keys[event.key](event);
  else if (!zoom.key(event)) return;
  event.preventDefault();
}

function goTo(event) {
  event.preventDefault();
  const ms = typed(find("goto-time").value, begins, ends);
  find("goto-wrong").textContent = ms === null ? say.time : "";
  find("goto-time").setAttribute("aria-invalid", String(ms === null));
  if (ms !== null) go(ms);
}

// --- begin ------------------------------------------------------------------

let telling, watching, beating;

function begin() {
  zoom = new Zoom(document.querySelector("[data-zoom]"), { begin: begins, end: ends, from: begins, to: ends, picked: go, seeked: go });
  for (const t of tiles) t.view = zoom.lanes.find((lane) => lane.camera === t.lane);
  timeline.setAttribute("aria-valuemax", String(Math.round((ends - begins) / 1000)));
  find("play").addEventListener("click", () => play(!running));
  find("speed").addEventListener("change", (e) => { rate = Number(e.target.value); });
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => go(now + Number(button.dataset.step) * 1000));
  }
  find("goto").addEventListener("submit", goTo);
  document.addEventListener("keydown", press);
  addEventListener("pagehide", () => playing().forEach((t) => t.tell()));
  listen();
  telling = setInterval(() => playing().forEach((t) => t.tell()), 1000);
  watching = setInterval(() => { if (performance.now() - heard > silence) hide(true); }, 500);
  now = Math.max(begins, Math.min(earliest(), ends));
  beating = setInterval(beat, 40);
  play(true);
  timeline.focus({ preventScroll: true });
}

if (!theatre.hasAttribute("data-ended")) begin();

// For who measures: how far each film is from the clock, in seconds.
theatre.addEventListener("oogmerk-off", (event) => {
  event.detail.push(...playing().map((t) => { const want = t.reel.at(now); return want === null || !t.film ? null : t.film.currentTime - want; }));
});
