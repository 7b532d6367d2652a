// The buttons of the player, and what the time is.

import { icon, make, makeButton } from "../dom.js";
import { clock } from "../words.js";

const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

/** Make the bar; `does` has toggle, sentence(step), paragraph(step), setRate(rate). */
export function createTransport(waveform, does) {
  const play = make("button", { type: "button", class: "round play", "aria-label": "Play", "aria-keyshortcuts": "Space" }, icon("play"));
  play.addEventListener("click", does.toggle);
  const step = (words, picture, run) => makeButton(words, { picture, isQuiet: true, class: "round", press: run });
  const speed = make("select", { id: "speed" }, SPEEDS.map((rate) => make("option", { value: rate }, `${rate} ×`)));
  speed.addEventListener("change", () => does.setRate(Number(speed.value)));
  const now = make("span", { class: "time" }, "0:00");
  const end = make("span", { class: "time" }, "0:00");
  const buttons = make(
    "div",
    { class: "buttons" },
    step("Back a paragraph", "paragraphBack", () => does.paragraph(-1)),
    step("Back a sentence", "back", () => does.sentence(-1)),
    play,
    step("On a sentence", "forward", () => does.sentence(1)),
    step("On a paragraph", "paragraphForward", () => does.paragraph(1)),
  );
  const rate = make("div", { class: "speed" }, make("label", { for: "speed" }, "Speed"), speed);
  const element = make("section", { class: "transport", "aria-label": "Player" }, make("div", { class: "seek" }, now, waveform, end), make("div", { class: "controls" }, make("div", { class: "who facts" }), buttons, rate));
  const who = element.querySelector(".who");
  return {
    element,
    showPlaying(isPlaying) {
      play.replaceChildren(icon(isPlaying ? "pause" : "play"));
      play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    },
    showTime(seconds, length) {
      now.textContent = clock(seconds);
      end.textContent = clock(length);
    },
    showSpeaker(words, colour) {
      if (who.textContent === words) return;
      who.replaceChildren(make("span", { class: `swatch ${colour}` }), make("span", {}, words));
    },
    showRate(value) {
      speed.value = value;
    },
  };
}
