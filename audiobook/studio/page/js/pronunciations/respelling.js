// Saying a word otherwise: spelled as it sounds, or by its sounds; heard before and after, and kept.

import { make, makeButton, makeField, makeSelect } from "../dom.js";

export const BY_ITSELF = { way: "engine" };

/** The ways to say how a word sounds, as voices.yaml has them. */
const WAYS = {
  respelling: { words: "spelled as it sounds", example: "burr" },
  ipa: { words: "in IPA", example: "bɜːɡ" },
  "x-sampa": { words: "in X-SAMPA", example: "b3:g" },
  espeak: { words: "in eSpeak’s mnemonics", example: "b'3:g" },
  language: { words: "as in the language", example: "fr" },
};

/** Make what stands between controls to hear and those that write. */
const makeGap = () => make("span", { class: "gap" });

/** Return how a stated word is said, in words: "burr", "/bɜːɡ/", "as in fr". */
export function tellStated({ way, said }) {
  if (way === "language") return `as in ${said}`;
  return way === "respelling" ? `“${said}”` : `/${said}/`;
}

/** Return what was written of a word; `saying` null is nothing any more. */
export function tellSaying(word, saying) {
  return saying ? `“${word}” is said so now.` : `voices.yaml says nothing of “${word}” any more.`;
}

/**
 * Make the editor of how a word (of api/…/pronunciations) is said; `does.hear(word, saying, isInLine)` speaks it,
 * `saying` null as it is said now, `does.keep(word, saying)` states it, and with null nothing any more.
 */
export function makeRespelling(word, does) {
  const { stated } = word;
  const field = make("input", { type: "text", autocomplete: "off", maxlength: "200", spellcheck: "false" });
  const options = Object.entries(WAYS).map(([way, { words }]) => [way, words]);
  const ways = makeSelect(options, turn, { "aria-label": `How ${word.word} is written down` });
  const keep = make("button", { class: "strong" }, "Keep it");
  const saying = () => ({ way: ways.value, said: field.value.trim() });
  const hear = (words, get, isInLine = false) =>
    makeButton(words, { class: "plain", picture: "play", press: () => does.hear(word, get(), isInLine) });
  const isNew = () => {
    const { way, said } = saying();
    return said !== "" && !(stated?.way === way && stated.said === said);
  };
  const after = hear("As it would be", saying);
  const inLine = hear("In its line", () => (isNew() ? saying() : null), true);
  const before = hear("As it is now", () => null);
  const byItself = stated ? hear("As the engine says it", () => BY_ITSELF) : null;
  const takeOut =
    stated && !stated.is_general
      ? makeButton("Take it out", { class: "plain", press: () => does.keep(word, null) })
      : null;
  const form = make(
    "form",
    { class: "respelling" },
    make("div", { class: "row" }, makeField("Say it", field), ways),
    make("div", { class: "row" }, before, byItself, after, inLine, makeGap(), takeOut, keep),
    stated?.is_general ? make("p", { class: "facts" }, "It stands in voices.yaml for every story.") : null,
  );

  /** Begin with how it sounds now: to change sounds is easier than to write them. */
  function turn(way) {
    const sounds = { ipa: word.ipa, [word.alphabet]: word.notation };
    field.value = stated?.way === way ? stated.said : (sounds[way] ?? "");
    field.placeholder = WAYS[way].example;
    show();
  }
  function show() {
    for (const button of [keep, after]) button.disabled = !isNew();
  }
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!keep.disabled) does.keep(word, saying());
  });
  ways.value = stated?.way ?? "respelling";
  turn(ways.value);
  return form;
}
