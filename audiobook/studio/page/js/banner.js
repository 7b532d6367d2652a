// What stands over every page until it is mended: voices.yaml can't be read, or the studio doesn't answer.

import { make } from "./dom.js";

const GONE =
  "narrate studio doesn’t answer. Start it again with narrate studio: this page goes on by itself, as long as its " +
  "address is the same.";

/** Return `{element, tellTrouble(words), tellGone(isGone)}`; no words: there is none. */
export function makeBanner() {
  const words = make("p", {});
  const element = make("div", { class: "banner", role: "alert", hidden: true }, words);
  let [trouble, isGone] = ["", false];
  function show() {
    const told = isGone ? GONE : trouble;
    element.hidden = told === "";
    if (words.textContent !== told) words.textContent = told;
  }
  return {
    element,
    tellTrouble(what) {
      trouble = what;
      show();
    },
    tellGone(isNow) {
      isGone = isNow;
      show();
    },
  };
}
