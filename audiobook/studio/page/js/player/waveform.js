// A track's sound as a picture, each bar in its speaker's colour; over it lies the slider that seeks.

import { make } from "../dom.js";
import { clock, place } from "../words.js";
import { COLOURS, speakerName } from "../speakers.js";

const BAR = 2;
const GAP = 1;
const LEAST = 1.5;
const STILL = 0.35;
const STEP_S = 5;

/** The seek bar: `seek(seconds)` is called when it is moved by hand. */
export class Waveform {
  #canvas = make("canvas", { "aria-hidden": "true" });
  #slider = make("input", { type: "range", min: 0, step: STEP_S, "aria-label": "Place in the chapter" });
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #seek;
  #track = null;
  #now = 0;
  #drawn = "";
  #told = "";

  constructor(seek) {
    this.#seek = seek;
    this.element = make("div", { class: "waveform" }, this.#canvas, this.#slider);
    this.#slider.addEventListener("input", () => seek(Number(this.#slider.value)));
    this.#takePointer();
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.#dark.addEventListener("change", this.#redraw);
  }

  /** Let a pointer go to the very place: the slider's own steps are for keys. */
  #takePointer() {
    let isHeld = false;
    const follow = (event) => {
      const { left, width } = this.element.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
      this.#seek(share * this.#track.seconds);
    };
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#slider.focus({ preventScroll: true, focusVisible: false });
      isHeld = true;
      this.element.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.element.addEventListener("pointermove", (event) => isHeld && follow(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.element.addEventListener(name, () => (isHeld = false));
    }
  }

  /** Show a track from its beginning. */
  show(track) {
    this.#track = track;
    this.#now = 0;
    this.#slider.max = Math.ceil(track.seconds);
    this.#redraw();
  }

  /** Show where in the track it is, and who speaks there. */
  turn(seconds, cue) {
    this.#now = seconds;
    this.#slider.value = seconds;
    const who = cue ? `, ${speakerName(cue.speaker)}` : "";
    const told = `${place(seconds)} of ${clock(this.#track.seconds)}${who}`;
    if (told !== this.#told) this.#slider.setAttribute("aria-valuetext", told);
    this.#told = told;
    this.#draw();
  }

  /** Draw, if it would be another picture: this is asked for with each of the screen's. */
  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width || !this.#track) return;
    const bars = Math.floor(width / (BAR + GAP));
    const played = Math.floor((this.#now / this.#track.seconds) * bars);
    const drawn = `${width} ${height} ${played}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    drawBars(this.#canvas, this.#track.peaks, bars, played);
  }

  #redraw = () => {
    this.#drawn = "";
    this.#draw();
  };

  leave() {
    this.#dark.removeEventListener("change", this.#redraw);
  }
}

/** Draw a track's peaks as so many bars; those that are not played yet are paler. */
function drawBars(canvas, peaks, bars, played) {
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  const colours = readColours(canvas);
  for (let bar = 0; bar < bars && peaks.length; bar += 1) {
    const [loudness, color] = loudest(peaks, bar / bars, (bar + 1) / bars);
    const tall = Math.max(LEAST, loudness * (height - LEAST));
    paint.globalAlpha = bar < played ? 1 : STILL;
    paint.fillStyle = colours[color] ?? colours.none;
    paint.fillRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall);
  }
}

function loudest(peaks, from, to) {
  const first = Math.floor(from * peaks.length);
  const own = peaks.slice(first, Math.max(first + 1, Math.floor(to * peaks.length)));
  return own.reduce((most, peak) => (peak[0] > most[0] ? peak : most));
}

function readColours(element) {
  const style = getComputedStyle(element);
  const colours = { none: style.getPropertyValue("--muted") };
  for (let number = 0; number < COLOURS; number += 1)
    colours[number] = style.getPropertyValue(`--voice-${number}`);
  return colours;
}
