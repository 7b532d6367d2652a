// The buttons of the player, and what the time is.

import { icon, make, makeField, makeRound, makeSelect } from "../dom.js";
import { clock } from "../words.js";

const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

export const SKIP_S = 30;

function makeSkip(does, seconds) {
  const words = `${seconds < 0 ? "Back" : "On"} ${SKIP_S} seconds`;
  const shown = `${seconds < 0 ? "−" : "+"}${SKIP_S}`;
  const button = make("button", { type: "button", class: "round skip-seconds", title: words, "aria-label": words }, shown);
  button.addEventListener("click", () => does.skip(seconds));
  return button;
}

/**
 * The bar of the player around a `waveform`; `does` has toggle, skip(seconds), sentence(step), paragraph(step),
 * setRate(rate).  `more` are controls that stand beside the speed.
 */
export class Transport {
  #play = make(
    "button",
    { type: "button", class: "round play", "aria-label": "Play", "aria-keyshortcuts": "Space" },
    icon("play"),
  );
  #now = make("span", { class: "time" });
  #end = make("span", { class: "time" });
  #who = make("div", { class: "who facts" });
  #speed;

  constructor(waveform, does, more) {
    this.#play.addEventListener("click", does.toggle);
    const speeds = SPEEDS.map((rate) => [rate, `${rate} ×`]);
    this.#speed = makeSelect(speeds, (rate) => does.setRate(Number(rate)));
    const rate = makeField("Speed", this.#speed, { layout: "speed" });
    this.element = make(
      "section",
      { class: "transport", "aria-label": "Player" },
      make("div", { class: "seek" }, this.#now, waveform, this.#end),
      make(
        "div",
        { class: "controls" },
        this.#who,
        this.#makeButtons(does),
        make("div", { class: "more" }, rate, more),
      ),
    );
  }

  #makeButtons(does) {
    return make(
      "div",
      { class: "buttons" },
      makeRound("Back a paragraph", "paragraphBack", () => does.paragraph(-1)),
      makeRound("Back a sentence", "back", () => does.sentence(-1)),
      makeSkip(does, -SKIP_S),
      this.#play,
      makeSkip(does, SKIP_S),
      makeRound("On a sentence", "forward", () => does.sentence(1)),
      makeRound("On a paragraph", "paragraphForward", () => does.paragraph(1)),
    );
  }

  showPlaying(isPlaying) {
    this.#play.replaceChildren(icon(isPlaying ? "pause" : "play"));
    this.#play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  }

  showTime(seconds, length) {
    this.#now.textContent = clock(seconds);
    this.#end.textContent = clock(length);
  }

  showSpeaker(words, colour) {
    this.#who.replaceChildren(make("span", { class: `swatch ${colour}` }), make("span", {}, words));
  }

  showRate(rate) {
    this.#speed.value = rate;
  }
}
