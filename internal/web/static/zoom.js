// A timeline that zooms from weeks to a minute: what there is of each camera,
// and how much moved. What it draws is said too: by the readout for one
// moment, by the table on the page for all of it.

import { words } from "./words.js";

const shortest = 10e3; // ms that are shown at least
const busy = 25; // activity from which something moves; the camera's own word counts always
const camera = 0x80; // bit of that word
const tall = { moves: 22, band: 26, gap: 4 }; // px
const drag = 5; // px that a finger may tremble
const hour = 3600e3;

const zone = { timeZone: "Europe/Amsterdam", hour12: false };
const format = (options) => {
  const f = new Intl.DateTimeFormat("nl-NL", { ...zone, ...options });
  return (ms) => f.format(new Date(ms)).replace(/^24:/, "00:");
};
const lang = document.documentElement.lang || "nl";
export const wall = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const short = format({ hour: "2-digit", minute: "2-digit" });
const dates = new Intl.DateTimeFormat(lang, { timeZone: "Europe/Amsterdam", day: "numeric", month: "short" });
const isoDates = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam" });
export const dayOf = (ms) => isoDates.format(new Date(ms));

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Steps between two times under the line, in ms, and how far they must be apart in px.
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800].map((s) => s * 1000);
const apart = 78;

// moves reports whether a byte of activity says that something moves.
const moves = (b) => (b & camera) !== 0 || (b & ~camera) >= busy;

function unpack(data) {
  data.beweging = Uint8Array.from(atob(data.beweging || ""), (c) => c.charCodeAt(0));
  return data;
}

// A Lane is one camera.
class Lane {
  constructor(element) {
    this.camera = element.dataset.lane;
    this.name = element.dataset.name;
    this.whole = null; // all of it, coarsely
    this.near = null; // around what is shown
    this.picture = svg("svg", { class: "strip", width: "100%", height: tall.moves + tall.gap + tall.band, "aria-hidden": "true", focusable: "false" });
    element.replaceChildren(this.picture);
    if (element.parentElement.children.length > 1) {
      const name = document.createElement("span");
      name.className = "lane-name";
      name.textContent = this.name;
      element.prepend(name);
    }
  }

  async fetch(from, to, columns) {
    const query = new URLSearchParams({ camera: this.camera, van: Math.floor(from), tot: Math.ceil(to), vakken: columns });
    const answer = await fetch("/tijdlijn?" + query);
    if (!answer.ok) throw new Error(answer.status);
    return unpack(await answer.json());
  }

  // piece is what there is at an instant.
  piece(ms) {
    for (const data of [this.near, this.whole]) {
      const found = data && data.stukken.find((s) => ms >= s.van && ms < s.tot);
      if (found) return found;
    }
    return null;
  }

  activity(ms) {
    for (const data of [this.near, this.whole]) {
      if (data && ms >= data.van && ms < data.tot) return data.beweging[Math.floor((ms - data.van) / data.stap)] || 0;
    }
    return 0;
  }
}

// A Zoom is the timeline in an element, of cameras on one axis.
export class Zoom {
  constructor(element, { begin, end, from, to, picked, seeked }) {
    this.say = words(element);
    Object.assign(this, { element, begin, end, from, to, picked, seeked, at: from, pointers: new Map(), turn: 0 });
    this.box = element.querySelector("[data-lanes]");
    const patterns = this.box.querySelector("defs");
    this.lanes = [...this.box.querySelectorAll("[data-lane]")].map((lane) => new Lane(lane));
    this.axis = svg("svg", { class: "axis", width: "100%", height: 24, "aria-hidden": "true", focusable: "false" });
    this.ticks = svg("g", {});
    this.axis.append(patterns, this.ticks);
    this.needle = document.createElement("div");
    this.needle.className = "needle";
    this.chosen = document.createElement("div");
    this.chosen.className = "chosen-part";
    this.chosen.hidden = true;
    this.box.append(this.axis, this.chosen, this.needle);
    this.listen();
    this.fetchWhole();
    this.load();
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  get width() { return Math.max(1, this.box.clientWidth); }
  x(ms) { return ((ms - this.from) / (this.to - this.from)) * this.width; }
  ms(x) { return this.from + (x / this.width) * (this.to - this.from); }

  // --- what is shown -------------------------------------------------------

  // show moves what is shown, within what there is.
  show(from, to) {
    const length = Math.min(Math.max(to - from, shortest), this.end - this.begin);
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(this.begin, middle - length / 2), this.end - length);
    this.to = this.from + length;
    this.draw();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.load(), 120);
  }

  // by zooms around an instant that stays where it is.
  by(factor, ms = this.at) {
    const pin = Math.min(Math.max(ms, this.from), this.to);
    this.show(pin - (pin - this.from) * factor, pin + (this.to - pin) * factor);
  }

  // length shows so much around the needle.
  length(ms) { this.show(this.at - ms / 2, this.at + ms / 2); }

  pan(ms) { this.show(this.from + ms, this.to + ms); }

  // mark moves the needle, and keeps it in sight.
  mark(ms, follow = true) {
    this.at = Math.min(Math.max(ms, this.begin), this.end);
    const length = this.to - this.from;
    if (follow && this.pointers.size === 0 && (this.at < this.from || this.at > this.to)) {
      const from = this.at < this.from ? this.at - length * 0.8 : this.at - length * 0.2;
      this.show(from, from + length);
    } else {
      this.place();
    }
  }

  // part marks what was chosen; null for nothing.
  part(span) {
    this.span = span;
    this.place();
  }

  place() {
    const part = (this.at - this.from) / (this.to - this.from);
    this.needle.hidden = part < 0 || part > 1;
    this.needle.style.left = `${100 * part}%`;
    this.chosen.hidden = !this.span || this.span[1] <= this.from || this.span[0] >= this.to;
    if (this.chosen.hidden) return;
    const a = Math.max(0, this.x(this.span[0]));
    this.chosen.style.left = `${a}px`;
    this.chosen.style.width = `${Math.max(2, Math.min(this.width, this.x(this.span[1])) - a)}px`;
  }

  // told is what there is at an instant, in words: of the first camera.
  told(ms, lane = this.lanes[0]) {
    const piece = lane.piece(ms);
    const text = document.createElement("template");
    text.innerHTML = piece ? piece.tekst : "";
    const line = text.content.textContent.trim();
    return moves(lane.activity(ms)) && line ? `${line}. ${this.say.moving}` : line;
  }

  // --- fetching ------------------------------------------------------------

  async fetchWhole() {
    await Promise.all(this.lanes.map(async (lane) => {
      lane.whole = await lane.fetch(this.begin, this.end, 700).catch(() => null);
    }));
    this.draw();
  }

  // load fetches what is shown, and as much on either side.
  async load() {
    const turn = ++this.turn;
    const length = this.to - this.from;
    const from = Math.max(this.begin, this.from - length / 2);
    const to = Math.min(this.end, this.to + length / 2);
    await Promise.all(this.lanes.map(async (lane) => {
      const near = await lane.fetch(from, to, Math.min(1000, Math.max(60, Math.round(this.width * 1.4)))).catch(() => null);
      if (turn === this.turn && near) lane.near = near;
      if (!near && !lane.near) this.speak(this.say.failed);
    }));
    if (turn !== this.turn) return;
    this.draw();
    this.element.dispatchEvent(new CustomEvent("loaded"));
  }

  speak(line) {
    const region = document.querySelector("[data-say]");
    if (region) region.textContent = line;
  }

  // --- drawing -------------------------------------------------------------

  draw() {
    for (const lane of this.lanes) this.drawLane(lane);
    this.drawTicks();
    this.place();
    if (this.moved) this.moved();
  }

  drawLane(lane) {
    const y = tall.moves + tall.gap;
    const out = [svg("rect", { class: "strip-ground", x: 0, y, width: "100%", height: tall.band })];
    const near = lane.near;
    if (lane.whole) this.drawData(out, lane.whole, near ? [near.van, near.tot] : null);
    if (near) this.drawData(out, near, null);
    lane.picture.replaceChildren(...out);
  }

  drawData(out, data, but) {
    const y = tall.moves + tall.gap;
    const fills = { held: "url(#pattern-held)", gap: "url(#pattern-gap)", erased: "url(#pattern-erased)", mixed: "url(#pattern-gap)" };
    for (const s of data.stukken) {
      for (const [from, to] of but ? [[s.van, Math.min(s.tot, but[0])], [Math.max(s.van, but[1]), s.tot]] : [[s.van, s.tot]]) {
        if (from >= to || to <= this.from || from >= this.to) continue;
        const a = Math.max(-2, this.x(from));
        const width = Math.max(s.soort === "gap" || s.soort === "held" ? 2 : 0.5, Math.min(this.width + 2, this.x(to)) - a);
        const rect = { class: `piece piece-${s.soort}`, x: a.toFixed(2), y, width: width.toFixed(2), height: tall.band };
        if (s.soort === "mixed") out.push(svg("rect", { ...rect, class: "piece piece-recorded" }), svg("rect", { ...rect, y: y + tall.band / 2, height: tall.band / 2, fill: fills.mixed }));
        else out.push(svg("rect", fills[s.soort] ? { ...rect, fill: fills[s.soort] } : rect));
      }
    }
    this.drawActivity(out, data, but);
  }

  drawActivity(out, data, but) {
    const wide = this.x(data.van + data.stap) - this.x(data.van);
    let path = "";
    let marks = "";
    data.beweging.forEach((b, i) => {
      const from = data.van + i * data.stap;
      if (b === 0 || from + data.stap <= this.from || from >= this.to || (but && from >= but[0] && from < but[1])) return;
      const a = Math.max(0, this.x(from));
      const w = Math.max(1, Math.min(this.width, this.x(from) + wide) - a);
      const high = Math.max(1, (((b & ~camera) - 1) / 100) * tall.moves);
      path += `M${a.toFixed(1)} ${tall.moves}v${-high.toFixed(1)}h${w.toFixed(1)}V${tall.moves}Z`;
      if (b & camera) marks += `M${a.toFixed(1)} ${tall.moves + 0.5}h${Math.max(2, w).toFixed(1)}v3h${-Math.max(2, w).toFixed(1)}Z`;
    });
    if (path) out.push(svg("path", { class: "activity", d: path }));
    if (marks) out.push(svg("path", { class: "activity-mark", d: marks }));
  }

  drawTicks() {
    const room = this.width / apart;
    const length = this.to - this.from;
    const step = steps.find((s) => length / s <= room) || steps[steps.length - 1];
    const out = [];
    const first = Math.ceil((this.from + this.shift(step)) / step) * step;
    for (let at = first - this.shift(step); at <= this.to; at += step) {
      const x = this.x(at);
      const isDay = short(at) === "00:00";
      out.push(svg("line", { class: "tick", x1: x, x2: x, y1: 0, y2: 6 }));
      const text = svg("text", { class: "tick-text" + (x < 24 ? " first" : x > this.width - 24 ? " last" : ""), x, y: 20 });
      text.textContent = isDay && step >= 60e3 ? dates.format(new Date(at)) : step < 60e3 ? wall(at) : short(at);
      out.push(text);
    }
    this.ticks.replaceChildren(...out);
  }

  // shift is how far steps of hours and days lie from those since 1970.
  shift(step) {
    if (step <= hour) return 0;
    const midnight = short(this.from).split(":").map(Number);
    const since = (midnight[0] * 60 + midnight[1]) * 60e3;
    const day = Math.floor(this.from / 60e3) * 60e3 - since;
    return (step - (((day % step) + step) % step)) % step;
  }

  // --- motion --------------------------------------------------------------

  // seek moves the needle to where the next motion begins, or the one before.
  async seek(direction) {
    for (let tries = 0; tries < 6; tries++) {
      const near = this.search(direction, "near");
      if (near !== null) return this.arrive(near);
      const far = this.search(direction, "whole");
      if (far === null) return this.speak(this.say.nothing);
      const wide = Math.max(shortest, Math.min(this.to - this.from, 40 * this.lanes[0].whole.stap));
      this.show(far - wide / 2, far + wide / 2);
      clearTimeout(this.later);
      await this.load();
      // From just before it, so that it is found again, more exactly.
      const exact = this.search(1, "near", far - 2 * this.lanes[0].whole.stap * (direction > 0 ? 0 : 1) - 1);
      return this.arrive(exact === null ? far : exact);
    }
    return undefined;
  }

  arrive(ms) {
    this.speak("");
    this.mark(ms);
    if (this.seeked) this.seeked(ms);
    this.tell();
  }

  search(direction, which, at = this.at) {
    let best = null;
    for (const lane of this.lanes) {
      const data = lane[which];
      if (!data) continue;
      const near = lane.near;
      const b = data.beweging;
      let i = Math.floor((at - data.van) / data.stap);
      if (direction > 0) {
        if (i >= 0) while (i < b.length && moves(b[i])) i++;
        else i = 0;
        for (; i < b.length; i++) {
          const ms = data.van + i * data.stap;
          if (moves(b[i]) && (which === "near" || !near || ms >= near.tot)) break;
        }
        if (i >= b.length) continue;
      } else {
        i = Math.min(i, b.length);
        const begins = (k) => moves(b[k]) && !(k > 0 && moves(b[k - 1]));
        for (i -= 1; i >= 0; i--) {
          const ms = data.van + i * data.stap;
          if (begins(i) && ms < at - 500 && (which === "near" || !near || ms + data.stap <= near.van)) break;
        }
        if (i < 0) continue;
      }
      const ms = data.van + i * data.stap;
      if (best === null || (direction > 0 ? ms < best : ms > best)) best = ms;
    }
    return best;
  }

  // --- hands ---------------------------------------------------------------

  listen() {
    const box = this.box;
    box.addEventListener("wheel", (event) => {
      event.preventDefault();
      const x = event.clientX - box.getBoundingClientRect().left;
      const pixels = event.deltaMode === 1 ? 16 : 1;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) this.pan(((event.deltaX || event.deltaY) * pixels * (this.to - this.from)) / this.width);
      else this.by(Math.exp(Math.max(-0.8, Math.min(0.8, event.deltaY * pixels * 0.002))), this.ms(x));
    }, { passive: false });
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.pointers.set(event.pointerId, event.clientX);
      this.still = this.pointers.size === 1;
      this.began = event.clientX;
      box.setPointerCapture?.(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) box.addEventListener(kind, (event) => this.lift(event));
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.act(button.dataset.do));
    }
  }

  move(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const before = [...this.pointers.values()];
    this.pointers.set(event.pointerId, event.clientX);
    const now = [...this.pointers.values()];
    if (this.still && Math.abs(event.clientX - this.began) < drag) {
      this.pointers.set(event.pointerId, before[0]);
      return;
    }
    this.still = false;
    const left = this.box.getBoundingClientRect().left;
    if (now.length === 1) {
      this.pan(this.ms(before[0] - left) - this.ms(now[0] - left));
    } else {
      const was = Math.max(10, Math.abs(before[0] - before[1]));
      const is = Math.max(10, Math.abs(now[0] - now[1]));
      this.by(was / is, this.ms((now[0] + now[1]) / 2 - left));
    }
  }

  lift(event) {
    const here = this.pointers.delete(event.pointerId);
    if (!here || event.type === "pointercancel" || !this.still) return;
    this.still = false;
    const ms = this.ms(event.clientX - this.box.getBoundingClientRect().left);
    this.mark(ms);
    if (this.picked) this.picked(this.at);
    this.tell();
  }

  act(what) {
    switch (what) {
      case "in": return this.by(0.5);
      case "out": return this.by(2);
      case "all": case "weeks": return this.show(this.begin, this.end);
      case "day": return this.length(24 * hour);
      case "hour": return this.length(hour);
      case "minute": return this.length(60e3);
      case "next": return this.seek(1);
      case "previous": return this.seek(-1);
      case "pick": return this.choose && this.choose();
      default: return undefined;
    }
  }

  // key does what a key means here, and reports whether it means anything.
  key(event) {
    const acts = { "+": "in", "=": "in", "-": "out", n: "next", N: "next", p: "previous", P: "previous", 0: "all" };
    if (!(event.key in acts) || event.ctrlKey || event.altKey || event.metaKey) return false;
    this.act(acts[event.key]);
    return true;
  }

  // tell writes what there is at the needle where the page has room for it.
  tell() {
    const piece = this.element.querySelector("[data-piece]");
    const clock = this.element.querySelector("[data-clock]");
    const line = this.told(this.at);
    if (clock) clock.textContent = `${dates.format(new Date(this.at))} ${wall(this.at)}`;
    if (piece && piece.textContent !== line) piece.textContent = line;
    return line;
  }
}
