// One word: how often it stands where, how it is said, and what opens to say it otherwise.

import { icon, make, makeButton, newId } from "../dom.js";
import { count } from "../words.js";
import { makeRespelling, tellStated } from "./respelling.js";

/** Letters of a sentence to either side of its word. */
const AROUND = 44;

const KINDS = { character: "speaks in the story", name: "a name", word: "a word" };

/** Make the row of a word; `isOpen`, and `turn(isOpen)` is told when a person opens or closes it. */
export function makeWord(word, { language, does, isOpen, turn }) {
  const id = newId("word");
  const body = make("div", { class: "word-body", hidden: true });
  const toggle = make(
    "button",
    { type: "button", class: "word-toggle", "aria-expanded": "false" },
    icon("open"),
    make("span", { lang: language }, word.word),
  );
  const head = make(
    "header",
    { class: "word-row" },
    make("h2", { id }, toggle),
    make("p", { class: "sounds" }, ...tellSounds(word)),
    make("p", { class: "facts" }, `${KINDS[word.kind]}, ${count(word.count, "time")}`),
    makeButton("Hear", {
      picture: "play",
      class: "plain",
      "aria-label": `Hear ${word.word}`,
      press: () => does.hear(word, null, false),
    }),
    make("blockquote", { class: "excerpt", lang: language }, ...excerpt(word)),
  );
  const names = word.stated ? "word card is-stated" : "word card";
  const item = make(
    "li",
    { class: names, "data-word": word.word },
    make("article", { "aria-labelledby": id }, head, body),
  );
  const show = (isNowOpen) => {
    body.hidden = !isNowOpen;
    item.classList.toggle("is-open", isNowOpen);
    toggle.setAttribute("aria-expanded", String(isNowOpen));
    if (isNowOpen && !body.firstChild) body.append(makeRespelling(word, does));
  };
  toggle.addEventListener("click", () => {
    show(body.hidden);
    turn(!body.hidden);
    if (!body.hidden) body.querySelector("input").focus();
  });
  show(isOpen);
  return item;
}

function tellSounds({ ipa, stated }) {
  const own = ipa ? make("span", { class: "ipa" }, `/${ipa}/`) : make("span", { class: "facts" }, "by ear");
  if (!stated) return [own];
  return [make("del", {}, own), " ", make("ins", {}, tellStated(stated))];
}

/** Return the words around a word's first place, itself marked. */
function excerpt({ word, sentence }) {
  const at = sentence.toLowerCase().indexOf(word.toLowerCase());
  if (at < 0) return [sentence];
  const [start, end] = [Math.max(0, at - AROUND), at + word.length];
  const before = start > 0 ? sentence.slice(start, at).replace(/^\S*/, "…") : sentence.slice(0, at);
  const isCut = end + AROUND < sentence.length;
  const after = isCut ? sentence.slice(end, end + AROUND).replace(/\S*$/, "…") : sentence.slice(end);
  return [before, make("mark", {}, sentence.slice(at, end)), after];
}
