// Live pictures: Media Source Extensions over one WebSocket for all cameras
// on the page, as docs/formats/live.md says; or, for one camera, WebRTC.

import { refresh } from "./page.js";
import { called } from "./codec.js";
import { words } from "./words.js";

const room = document.querySelector("[data-live]");
const say = words(room);
const purpose = room.dataset.purpose;
const Source = window.ManagedMediaSource || window.MediaSource;

// How close what is shown keeps to what comes, in seconds.
const reserve = 0.02; // is left to show when the next picture comes, if it is as late as any of late
const more = 0.005; // is left from then on, if there was nothing left all the same,
const most = 0.1; // but no more than this,
const less = 0.001; // and less again whenever it went well for as long as late
const slack = 0.006; // more or less than that changes nothing
const hurry = 0.25; // faster at most, to come closer
const linger = 0.05; // slower at most, to fall back
const behind = 0.5; // more than that jumps there,
const landing = 5; // but not again so soon: it may take long to decode up to there
const late = 2; // the latest picture of so long counts, and of as long before that
const early = 0.3; // so much sooner than that means that it is over
const keep = 12; // of old pictures, for the browser's sake

function speak(line) {
  const region = document.querySelector("[data-say]");
  if (region) region.textContent = line;
}

// A Tile is one camera on the page.
class Tile {
  constructor(element, channel) {
    this.element = element;
    this.channel = channel;
    this.light = !element.classList.contains("big"); // among others it is small
    this.camera = element.dataset.camera;
    this.video = element.querySelector("video");
    this.curtain = element.querySelector("[data-curtain]");
    this.queue = [];
    this.video.addEventListener("playing", () => this.lift());
    this.video.addEventListener("waiting", () => {
      if (this.pace) this.pace.reserve = Math.min(most, this.pace.reserve + more);
    });
  }

  // draw closes the curtain: no picture remains.
  draw(html, text) {
    this.clear();
    this.curtain.hidden = false;
    if (html !== undefined) this.curtain.innerHTML = html;
    else {
      const line = document.createElement("p");
      line.textContent = text;
      this.curtain.replaceChildren(line);
    }
  }

  lift() {
    if (this.source || this.video.srcObject) this.curtain.hidden = true;
  }

  clear() {
    this.source = null;
    this.buffer = null;
    this.queue = [];
    this.pace = null;
    this.video.playbackRate = 1;
    this.video.srcObject = null;
    if (this.address) {
      URL.revokeObjectURL(this.address);
      this.address = "";
    }
    if (this.video.hasAttribute("src")) {
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  // begin makes room for pictures of a kind.
  begin(codec) {
    this.clear();
    const type = `video/mp4; codecs="${codec}"`;
    if (!Source || !Source.isTypeSupported(type)) {
      // Perhaps the camera has a lighter stream that can be shown. If not,
      // nothing is fetched that nobody can see.
      if (!this.light) {
        this.light = true;
        wall.wish(this);
      } else {
        this.refused = true;
        wall.leave(this);
        this.draw(undefined, say.codec.replace("%s", called(codec)));
      }
      return;
    }
    const source = new Source();
    this.source = source;
    source.addEventListener("sourceopen", () => {
      if (this.source !== source || this.buffer) return;
      this.buffer = source.addSourceBuffer(type);
      this.buffer.addEventListener("updateend", () => this.feed());
      this.feed();
    });
    this.video.disableRemotePlayback = true;
    this.address = URL.createObjectURL(source);
    this.video.src = this.address;
    this.video.play().catch(() => {});
  }

  take(picture) {
    if (!this.source) return;
    this.queue.push(picture);
    this.feed();
  }

  feed() {
    const buffer = this.buffer;
    if (!buffer || buffer.updating || !this.source || this.source.readyState !== "open") return;
    try {
      this.follow(buffer);
      if (buffer.updating) return;
      if (this.queue.length > 0) buffer.appendBuffer(this.queue.shift());
    } catch {
      this.again(); // a picture that can't be decoded: begin anew
    }
  }

  // follow keeps the picture close to now, and the buffer small.
  follow(buffer) {
    const ranges = buffer.buffered;
    if (ranges.length === 0) return;
    const begin = ranges.start(ranges.length - 1);
    const end = ranges.end(ranges.length - 1);
    if (this.video.currentTime < begin) this.video.currentTime = begin;
    else if (!this.video.seeking) this.keepUp(end);
    if (this.video.paused) this.video.play().catch(() => {});
    if (this.video.currentTime - ranges.start(0) > 2 * keep) {
      buffer.remove(0, this.video.currentTime - keep);
    }
  }

  // keepUp plays a little faster or slower, so that little is left to show when
  // the next picture comes. end is how far what is there reaches.
  keepUp(end) {
    const now = performance.now() / 1000;
    const punctual = end - now;
    if (!this.pace || punctual > Math.min(this.pace.latest, this.pace.before) + early) {
      this.pace = { reserve, jumped: -landing, ...this.pace, since: now, latest: punctual, before: punctual };
    }
    const known = this.pace;
    if (now - known.since > late) {
      known.before = known.latest;
      known.latest = punctual;
      known.since = now;
      known.reserve = Math.max(reserve, known.reserve - less);
    }
    known.latest = Math.min(known.latest, punctual);
    const spare = Math.min(known.latest, known.before) - (this.video.currentTime - now) - known.reserve;
    if (spare > behind && now - known.jumped > landing) {
      known.jumped = now;
      this.video.currentTime += spare;
      return;
    }
    const rate = Math.abs(spare) < slack ? 1 : 1 + Math.min(Math.max(spare, -linger), hurry);
    if (Math.abs(rate - this.video.playbackRate) > 0.004) this.video.playbackRate = rate;
  }

  again() {
    this.draw(undefined, say.connecting);
    wall.wish(this);
  }

  // state says how the camera is doing, and doesn't let who looks wait for a
  // picture that can't come.
  state(html) {
    const place = this.element.querySelector("[data-state]") || document.querySelector("[data-state]");
    if (place) place.innerHTML = html;
    if (this.source || this.video.srcObject || this.refused) return;
    const down = place && place.querySelector(".state-no, .state-lost, .state-off");
    this.draw(undefined, down ? say.nopicture : say.connecting);
  }
}

// The Wall is the WebSocket and the tiles on it.
class Wall {
  constructor(tiles) {
    this.tiles = tiles;
    this.wait = 1000;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/kijken`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("open", () => {
      for (const tile of this.tiles) if (!tile.elsewhere) this.wish(tile);
    });
    socket.addEventListener("message", (event) => {
      this.wait = 1000;
      if (typeof event.data === "string") this.note(JSON.parse(event.data));
      else this.picture(event.data);
    });
    socket.addEventListener("close", () => this.lost());
  }

  wish(tile) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ kanaal: tile.channel, camera: tile.camera, doel: purpose, licht: tile.light }));
  }

  leave(tile) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ kanaal: tile.channel, camera: "" }));
  }

  picture(data) {
    const tile = this.tiles[new Uint8Array(data, 0, 1)[0]];
    if (tile && !tile.elsewhere) tile.take(data.slice(1));
  }

  note(note) {
    const tile = this.tiles[note.kanaal];
    if (!tile) return;
    if (note.stand) tile.state(note.stand);
    if (tile.elsewhere) return;
    if (note.codec) tile.begin(note.codec);
    if (note.einde) {
      if (note.opnieuw) {
        tile.draw(undefined, note.einde);
        tile.wait = Math.min((tile.wait || 2500) * 2, 60000);
        setTimeout(() => this.wish(tile), tile.wait);
      } else {
        tile.refused = true;
        if (!this.asked) this.asked = setTimeout(() => { this.asked = 0; refresh(); }, 300);
        tile.draw(note.einde);
        speak(say.stopped.replace("%s", tile.element.querySelector("h2")?.textContent || document.querySelector("h1").textContent));
      }
    }
  }

  lost() {
    for (const tile of this.tiles) if (!tile.elsewhere) tile.draw(undefined, say.lost);
    setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, 15000);
  }
}

// The other door: WHEP.
class Door {
  constructor(tile) {
    this.tile = tile;
  }

  async open() {
    this.peer = new RTCPeerConnection();
    this.peer.addTransceiver("video", { direction: "recvonly" });
    this.peer.addEventListener("track", (event) => {
      this.tile.video.srcObject = new MediaStream([event.track]);
      this.tile.video.play().catch(() => {});
    });
    this.peer.addEventListener("connectionstatechange", () => {
      if (["failed", "disconnected", "closed"].includes(this.peer.connectionState)) this.ended();
    });
    await this.peer.setLocalDescription(await this.peer.createOffer());
    await this.gathered();
    const answer = await fetch(`/camera/${encodeURIComponent(this.tile.camera)}/whep?doel=${encodeURIComponent(purpose)}`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: this.peer.localDescription.sdp,
    });
    if (!answer.ok) throw new Error(await answer.text());
    this.address = answer.headers.get("Location");
    await this.peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  }

  gathered() {
    const peer = this.peer;
    if (peer.iceGatheringState === "complete") return null;
    return new Promise((done) => {
      peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done());
      setTimeout(done, 2000);
    });
  }

  close() {
    const address = this.address;
    this.address = "";
    this.peer.close();
    if (address) fetch(address, { method: "DELETE", keepalive: true }).catch(() => {});
  }

  ended() {
    if (this.tile.elsewhere !== this) return;
    this.close();
    byWebSocket(this.tile, say.nowebrtc);
  }
}

const button = document.querySelector("[data-whep]");

async function byWebRTC(tile) {
  const door = new Door(tile);
  tile.elsewhere = door;
  wall.leave(tile);
  tile.draw(undefined, say.connecting);
  button.textContent = say.mse;
  try {
    await door.open();
  } catch (problem) {
    door.close();
    byWebSocket(tile, problem.message || say.nowebrtc);
  }
}

function byWebSocket(tile, line) {
  tile.elsewhere = null;
  if (button) button.textContent = say.webrtc;
  tile.draw(undefined, line || say.connecting);
  if (line) speak(line);
  wall.wish(tile);
}

const tiles = [...document.querySelectorAll("[data-camera]")].map((element, i) => new Tile(element, i));
const wall = new Wall(tiles);
wall.open();

if (button) {
  button.addEventListener("click", () => {
    const tile = tiles[0];
    if (tile.elsewhere) {
      const door = tile.elsewhere;
      tile.elsewhere = null;
      door.close();
      byWebSocket(tile);
    } else {
      byWebRTC(tile);
    }
  });
  addEventListener("pagehide", () => tiles[0].elsewhere && tiles[0].elsewhere.close());
}

const full = document.querySelector("[data-full]");
if (full) full.addEventListener("click", () => tiles[0].element.requestFullscreen().catch(() => {}));
