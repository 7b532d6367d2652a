// One quality of a voice: how fast, how high, how loud, how far its melody goes up and down.

import { make, newId } from "../dom.js";

export const SLIDERS = {
  rate: { words: "Rate", step: 5, show: String, say: (value) => `${value} words a minute` },
  pitch: { words: "Pitch", step: 1, show: String, say: (value) => `${value} of 100` },
  volume: { words: "Volume", step: 0.05, show: showPercent, say: showPercent },
  range: { words: "Melody", step: 1, show: String, say: sayMelody },
};

/** 50 is the voice as it was made (docs/voices.md). */
function sayMelody(value) {
  return value === 50 ? "50, the voice’s own" : `${value} of 100`;
}

function showPercent(value) {
  return `${Math.round(value * 100)} %`;
}

/** Make the slider of a quality (of `SLIDERS`); `turn({quality: value})` is told of a change. */
export function makeSlider(key, turn) {
  const { words, step, show, say } = SLIDERS[key];
  const id = newId(key);
  const input = make("input", { type: "range", id, step });
  const output = make("output", { for: id, class: "facts" });
  const tell = (value) => {
    output.textContent = show(value);
    input.setAttribute("aria-valuetext", say(value));
  };
  input.addEventListener("input", () => tell(Number(input.value)));
  input.addEventListener("change", () => turn({ [key]: Number(input.value) }));
  return {
    element: make("div", { class: "slider" }, make("label", { for: id }, words), input, output),
    offer({ ranges }) {
      [input.min, input.max] = ranges[key];
    },
    show(voice) {
      input.value = voice[key];
      tell(voice[key]);
    },
  };
}
