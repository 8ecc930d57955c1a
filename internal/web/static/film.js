// What playing back one camera or several has in common: which second of film
// shows which time.

import { wall } from "./zoom.js";

// A Reel is what a film shows: stretches van, tot (seconds of film), toont (ms
// since 1970).
export class Reel {
  constructor(map) {
    this.map = map;
    this.length = map.length ? map[map.length - 1].tot : 0;
  }

  // shows is the time that a second of film shows; null where there is no film.
  shows(second) {
    const s = this.map.find((m) => second < m.tot) || this.map[this.map.length - 1];
    return s ? s.toont + (Math.min(second, s.tot) - s.van) * 1000 : null;
  }

  // filmed is the second of film that shows a time, or the next there is.
  filmed(ms) {
    for (const s of this.map) {
      if (ms < s.toont) return s.van;
      if (ms < s.toont + (s.tot - s.van) * 1000) return s.van + (ms - s.toont) / 1000;
    }
    return this.map.length ? Math.max(0, this.length - 0.05) : 0;
  }

  // at is the second of film that shows a time, or null in a gap.
  at(ms) {
    const s = this.map.find((m) => ms >= m.toont && ms < m.toont + (m.tot - m.van) * 1000);
    return s ? s.van + (ms - s.toont) / 1000 : null;
  }
}

// typed is the instant from begins to ends at which the clock says what was
// typed, or null.
export function typed(text, begins, ends) {
  const m = text.trim().match(/^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$/);
  if (!m) return null;
  const want = `${m[1].padStart(2, "0")}:${m[2]}:${m[3] || "00"}`;
  for (let ms = Math.floor(begins / 1000) * 1000; ms <= ends; ms += 1000) {
    if (wall(ms) === want) return ms;
  }
  return null;
}
