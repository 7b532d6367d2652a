// One speaker's card.

import { make, makeButton, newId } from "../dom.js";
import { speakerClass, speakerName } from "../speakers.js";
import { count, percent } from "../words.js";
import { makeAliases } from "./aliases.js";
import { makeGrip, makeMergeChoice } from "./merge.js";
import { makeVoiceEditor } from "./voice.js";

const GENDERS = ["female", "male", "unknown"];

/** Make the card of a role (of api/…/cast); `does` are the view's actions, `names` all characters. */
export function makeCard(role, { script, voices, names, does }) {
  const colour = speakerClass(script.characters, role.name);
  const id = newId("role");
  const isCharacter = !role.narrator && role.name !== null;
  const card = make(
    "li",
    { class: `role card ${colour}`, "data-name": role.name ?? "", "data-merges": isCharacter },
    make(
      "article",
      { "aria-labelledby": id },
      makeHead(role, id, isCharacter),
      makeShare(role),
      makeWords(role, script.language, does),
      makeVoiceEditor(role, { voices, language: script.language, does }),
      isCharacter ? makeFacts(role, names, does) : null,
      make("p", { class: "facts why" }, role.reason),
    ),
  );
  return card;
}

function makeHead(role, id, isCharacter) {
  const name = make("h2", { id, tabindex: "-1" }, speakerName(role.narrator ? "narrator" : role.name));
  return make(
    "header",
    { class: "role-head" },
    make("span", { class: "swatch" }),
    name,
    isCharacter ? makeGrip(role.name) : null,
  );
}

function makeShare({ lines, words, share, narrator }) {
  const counted = narrator ? count(words, "word") : `${count(lines, "line")}, ${count(words, "word")}`;
  const bar = make("div", { class: "share", "aria-hidden": "true" }, make("div"));
  bar.firstChild.style.width = `${Math.max(share * 100, 0.5)}%`;
  const whole = narrator ? "all words" : "the speech";
  return make("div", {}, make("p", { class: "facts" }, `${counted}, ${percent(share)} of ${whole}`), bar);
}

function makeWords(role, language, does) {
  if (!role.first_words) return null;
  const hear = makeButton("Hear", {
    picture: "play",
    class: "plain",
    "aria-label": `Hear ${speakerName(role.name)}`,
    press: () => does.hear(role),
  });
  return make(
    "div",
    { class: "first-words" },
    make("blockquote", { lang: language }, role.first_words),
    hear,
  );
}

function makeFacts(role, names, does) {
  const id = newId("gender");
  const gender = make(
    "select",
    { id },
    GENDERS.map((value) => make("option", { value, selected: value === role.gender }, value)),
  );
  gender.addEventListener("change", () => does.setGender(role, gender.value));
  return make(
    "div",
    { class: "who" },
    make("div", { class: "field-row" }, make("label", { for: id }, "Gender"), gender),
    role.gender_evidence ? make("p", { class: "facts" }, role.gender_evidence) : null,
    makeAliases(role, does),
    makeMergeChoice(role.name, names, does.merge),
  );
}
