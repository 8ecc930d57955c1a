// Steering a camera beside its live picture: as long as a button or an arrow
// key is held, the program is told again and again; it stops the camera when
// it hears nothing more.

import { words } from "./words.js";

const part = document.getElementById("steer");
const again = 350; // ms between two times of saying the same
const tap = 250; // ms that a short press lasts at least

if (part) begin();

function begin() {
  const say = words(part);
  const base = "/camera/" + part.dataset.steers;
  const says = document.getElementById("steer-says");
  const pad = part.querySelector(".pad");
  const list = document.getElementById("positions");
  const choice = document.getElementById("position");
  const keys = {
    ArrowUp: { kantel: 1 }, ArrowDown: { kantel: -1 }, ArrowLeft: { draai: -1 }, ArrowRight: { draai: 1 }, "+": { zoom: 1 }, "=": { zoom: 1 }, "-": { zoom: -1 },
  };
  let timer = 0; // while it moves
  let held = null; // what holds it: a button or a key
  let since = 0;
  let sending = false;

  async function tell(move, keepalive) {
    try {
      const answer = await fetch(base + "/bedienen", { method: "POST", body: new URLSearchParams(move), keepalive: Boolean(keepalive) });
      if (answer.ok) return true;
      says.textContent = (await answer.text()).trim();
    } catch {
      says.textContent = say.failed;
    }
    quiet();
    return false;
  }

  function quiet() {
    clearInterval(timer);
    timer = 0;
    held = null;
    for (const b of part.querySelectorAll("[data-moving]")) b.removeAttribute("data-moving");
  }

  // go begins to move, and says so until it is let go. One thing is said at a
  // time: a camera that is slow to answer isn't asked faster.
  function go(by, move) {
    if (held === by) return;
    quiet();
    held = by;
    since = performance.now();
    says.textContent = say.moving;
    const once = async () => {
      if (sending) return;
      sending = true;
      await tell(move);
      sending = false;
    };
    timer = setInterval(once, again);
    once();
  }

  function halt() {
    const moved = held !== null;
    quiet();
    if (moved) says.textContent = say.stands;
    tell({}, true);
  }

  // letGo ends what go began, after a press that can be felt.
  function letGo(by) {
    if (held !== by) return;
    const rest = tap - (performance.now() - since);
    if (rest > 0) setTimeout(() => { if (held === by) halt(); }, rest);
    else halt();
  }

  function moveOf(button) {
    if (button.dataset.kantel) return { kantel: button.dataset.kantel };
    if (button.dataset.draai) return { draai: button.dataset.draai };
    return { zoom: button.dataset.zoomBy };
  }

  for (const button of part.querySelectorAll("[data-kantel], [data-draai], [data-zoom-by]")) {
    const press = () => {
      go(button, moveOf(button));
      button.setAttribute("data-moving", "");
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      press();
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(kind, () => letGo(button));
    // By keyboard, or by something that only clicks: a short press.
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) press();
    });
    button.addEventListener("keyup", (event) => { if (event.key === " " || event.key === "Enter") letGo(button); });
    button.addEventListener("click", (event) => {
      if (event.detail !== 0 || held === button) return;
      press();
      letGo(button);
    });
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }
  part.querySelector("[data-halt]").addEventListener("click", halt);

  // Arrow keys are ours on the pad and beside it, not elsewhere on the page.
  part.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select, input")) return;
    event.preventDefault();
    if (!event.repeat) go(event.key, move);
  });
  part.addEventListener("keyup", (event) => letGo(event.key));
  part.addEventListener("focusout", (event) => { if (held !== null && !part.contains(event.relatedTarget)) halt(); });
  addEventListener("blur", () => { if (held !== null) halt(); });
  addEventListener("pagehide", () => { if (held !== null) halt(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && held !== null) halt(); });

  list.addEventListener("submit", async (event) => {
    event.preventDefault();
    quiet();
    says.textContent = say.going;
    if (await tell({ stand: choice.value })) says.textContent = `${say.went} ${choice.selectedOptions[0].textContent}`;
  });

  // The positions are known once the picture is there: who doesn't watch isn't
  // told them.
  async function learn() {
    let all = [];
    try {
      const answer = await fetch(base + "/standen");
      if (!answer.ok) return;
      all = await answer.json();
    } catch {
      return;
    }
    choice.replaceChildren(...all.map((p) => new Option(p.naam || p.stand, p.stand)));
    list.hidden = all.length === 0;
  }
  const video = document.querySelector("[data-live] video");
  if (video) video.addEventListener("playing", learn, { once: true });
  pad.tabIndex = -1;
}
