// A track's sound as a picture, each bar in its speaker's colour; over it lies the slider that seeks.

import { make } from "../dom.js";
import { clock, place } from "../words.js";
import { COLOURS, speakerName } from "../speakers.js";

const BAR = 2;
const GAP = 1;
const STILL = 0.35;
const STEP_S = 5;

/** Make the seek bar: `element`, `show(track)`, `turn(seconds, cue)`; `seek(seconds)` is called by hand. */
export function createWaveform(seek) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const slider = make("input", { type: "range", min: 0, max: 0, step: STEP_S, value: 0, "aria-label": "Place in the chapter" });
  const element = make("div", { class: "waveform" }, canvas, slider);
  let [peaks, length, now] = [[], 0, 0];

  // The slider's own steps are for keys; a pointer goes to the very place.
  const secondsAt = (event) => {
    const { left, width } = element.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width)) * length;
  };
  let isHeld = false;
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    slider.focus({ preventScroll: true, focusVisible: false });
    isHeld = true;
    element.setPointerCapture(event.pointerId);
    seek(secondsAt(event));
  });
  element.addEventListener("pointermove", (event) => isHeld && seek(secondsAt(event)));
  for (const event of ["pointerup", "pointercancel"]) element.addEventListener(event, () => (isHeld = false));
  slider.addEventListener("input", () => seek(Number(slider.value)));

  const draw = () => drawBars(canvas, peaks, length ? now / length : 0);
  new ResizeObserver(draw).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  function show(track) {
    [peaks, length, now] = [track.peaks, track.seconds, 0];
    slider.max = Math.ceil(length);
    draw();
  }
  function turn(seconds, cue) {
    now = seconds;
    slider.value = seconds;
    const who = cue ? `, ${speakerName(cue.speaker)}` : "";
    slider.setAttribute("aria-valuetext", `${place(seconds)} of ${clock(length)}${who}`);
    draw();
  }
  return { element, show, turn };
}

/** Draw as many bars as there is room for; what is still to come is paler. */
function drawBars(canvas, peaks, played) {
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !peaks.length) return;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  const colours = readColours(canvas);
  const bars = Math.floor(width / (BAR + GAP));
  for (let bar = 0; bar < bars; bar += 1) {
    const [loudness, color] = loudest(peaks, bar / bars, (bar + 1) / bars);
    const tall = Math.max(1.5, loudness * (height - 2));
    paint.globalAlpha = bar / bars < played ? 1 : STILL;
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
  for (let number = 0; number < COLOURS; number += 1) colours[number] = style.getPropertyValue(`--voice-${number}`);
  return colours;
}
