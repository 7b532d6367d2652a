// One speaker: a card of their own, or in a long cast a row that opens.

import { takeChoice } from "../choice.js";
import { icon, make, makeButton, newId } from "../dom.js";
import { speakerClass, speakerName } from "../speakers.js";
import { count, percent } from "../words.js";
import { makeAliases } from "./aliases.js";
import { makeGrip, makeMergeChoice } from "./merge.js";
import { makeVoiceEditor } from "./voice.js";

const GENDERS = ["female", "male", "unknown"];

/** Make the card of a role (of api/…/cast); `does` are the view's actions, `names` all characters. */
export function makeCard(role, shared) {
  const id = newId("role");
  const article = make("article", { "aria-labelledby": id }, makeHead(role, id), makeShare(role));
  article.append(...makeBody(role, shared));
  return makeItem(role, "role card", shared, article);
}

/**
 * Make the row of a role, which opens into what a card has; `isOpen`, and `turn(isOpen)` is told when a
 * person opens or closes it.
 */
export function makeRow(role, shared, { isOpen, turn }) {
  const id = newId("role");
  const body = make("div", { class: "role-body", hidden: true });
  const toggle = make(
    "button",
    { type: "button", class: "role-toggle", "aria-expanded": "false" },
    icon("open"),
    make("span", {}, nameOf(role)),
  );
  const head = make(
    "header",
    { class: "role-row" },
    make("span", { class: "swatch" }),
    make("h2", { id }, toggle),
    make("span", { class: "facts" }, countHere(role)),
    makeVoiceName(role.voice, shared.voices),
    role.first_words ? makeHear(role, shared.does) : make("span"),
    isCharacter(role) ? makeGrip(role.name) : make("span"),
  );
  const item = makeItem(role, "role row-card card", shared, make("article", { "aria-labelledby": id }, head, body));
  const show = (isNowOpen) => {
    body.hidden = !isNowOpen;
    item.classList.toggle("is-open", isNowOpen);
    toggle.setAttribute("aria-expanded", String(isNowOpen));
    // There may be eighty: what nobody opens is not made.
    if (isNowOpen && !body.firstChild) body.append(makeShare(role), ...makeBody(role, shared));
  };
  toggle.addEventListener("click", () => {
    show(body.hidden);
    turn(!body.hidden);
  });
  show(isOpen);
  return item;
}

const isCharacter = ({ narrator, name }) => !narrator && name !== null;
const nameOf = ({ narrator, name }) => speakerName(narrator ? "narrator" : name);

function makeItem(role, names, { script }, article) {
  const colour = speakerClass(script.characters, role.name);
  const own = { class: `${names} ${colour}`, "data-name": role.name ?? "", "data-merges": isCharacter(role) };
  return make("li", own, article);
}

function makeBody(role, { script, voices, names, does }) {
  return [
    makeWords(role, script.language, does),
    makeVoiceEditor(role, { voices, language: script.language, does }),
    isCharacter(role) ? makeFacts(role, names, does) : null,
    make("p", { class: "facts why" }, role.reason),
  ].filter(Boolean);
}

function makeHead(role, id) {
  const name = make("h2", { id, tabindex: "-1" }, nameOf(role));
  return make(
    "header",
    { class: "role-head" },
    make("span", { class: "swatch" }),
    name,
    isCharacter(role) ? makeGrip(role.name) : null,
  );
}

function countHere({ here, lines, share, narrator }) {
  if (narrator) return percent(share);
  return here ? `${count(here, "line")} here` : `${count(lines, "line")}, ${percent(share)}`;
}

function makeShare({ lines, words, share, narrator }) {
  const counted = narrator ? count(words, "word") : `${count(lines, "line")}, ${count(words, "word")}`;
  const bar = make("div", { class: "share", "aria-hidden": "true" }, make("div"));
  bar.firstChild.style.width = `${Math.max(share * 100, 0.5)}%`;
  const whole = narrator ? "all words" : "the speech";
  return make("div", {}, make("p", { class: "facts" }, `${counted}, ${percent(share)} of ${whole}`), bar);
}

/** Name a voice by what it sounds like, as soon as that is known. */
function makeVoiceName({ engine, id }, voices) {
  const element = make("span", { class: "facts voice-name", title: id }, id);
  const describe = ({ descriptions }) => (element.textContent = descriptions[engine]?.[id] ?? id);
  voices.then(describe, () => {}); // the view says what went wrong
  return element;
}

function makeHear(role, does) {
  return makeButton("Hear", {
    picture: "play",
    class: "plain",
    "aria-label": `Hear ${nameOf(role)}`,
    press: () => does.hear(role),
  });
}

function makeWords(role, language, does) {
  if (!role.first_words) return null;
  return make(
    "div",
    { class: "first-words" },
    make("blockquote", { lang: language }, role.first_words),
    makeHear(role, does),
  );
}

function makeFacts(role, names, does) {
  const id = newId("gender");
  const gender = make(
    "select",
    { id },
    GENDERS.map((value) => make("option", { value, selected: value === role.gender }, value)),
  );
  const hint = takeChoice(gender, (value) => does.setGender(role, value));
  return make(
    "div",
    { class: "who" },
    make("div", { class: "field-row" }, make("label", { for: id }, "Gender"), gender),
    hint,
    role.gender_evidence ? make("p", { class: "facts" }, role.gender_evidence) : null,
    makeAliases(role, does),
    makeMergeChoice(role.name, names, does.merge),
  );
}
