// One thing that wants an ear: the line among its neighbours, what is to be said of it, and what mends it.

import { icon, make, makeButton, makeSelect, newId } from "../dom.js";
import { makeRespelling } from "../pronunciations/respelling.js";
import { makeChoice } from "../script/speaker-choice.js";
import { speakerClass, speakerName } from "../speakers.js";
import { count, nameChapter, percent } from "../words.js";

export const KINDS = {
  heard: "What listening found",
  silence: "Long silence",
  pace: "Odd pace",
  speaker: "Who says it?",
};

/** Return what tells a concern from the others of its story. */
export const keyOf = ({ kind, line }) => `${kind} ${line}`;

/**
 * Make the item of a concern (of api/…/review); `story` has `language` and `characters`, `does` the view's actions
 * and `isOpen`, whether what mends it is shown.
 */
export function makeConcern(concern, story, { does, isOpen }) {
  const id = newId("concern");
  const { kind, done, chapter, speaker } = concern;
  const toggle = make(
    "button",
    { type: "button", id, class: "concern-toggle", "aria-expanded": String(isOpen) },
    icon("open"),
    make("span", { class: "kind" }, KINDS[kind]),
    chapter.title === story.title ? null : make("span", { class: "facts" }, nameChapter(chapter)),
  );
  toggle.addEventListener("click", () => does.turn(concern, !isOpen));
  const words = make(
    "blockquote",
    { lang: story.language },
    make("span", { class: "around" }, concern.before),
    make("span", { class: "said" }, concern.said),
    make("span", { class: "around" }, concern.after),
  );
  const head = make("header", {}, toggle, makeHear(concern, does), makeDone(concern, does));
  const parts = [head, words, make("p", { class: "facts" }, ...tell(concern, story))];
  if (isOpen) parts.push(makeMending(concern, story, does));
  const names = ["concern card", speakerClass(story.characters, speaker), done && "is-done", isOpen && "is-open"];
  return make(
    "li",
    { class: names.filter(Boolean).join(" "), "data-key": keyOf(concern) },
    make("article", { "aria-labelledby": id, tabindex: "-1" }, parts),
  );
}

function makeHear(concern, does) {
  return makeButton("Hear", {
    picture: "play",
    class: "plain",
    "aria-label": `Hear “${concern.words}”`,
    press: () => does.hear(concern),
  });
}

function makeDone(concern, does) {
  const words = concern.done ? "Not done" : "Done";
  return makeButton(words, { class: "plain done", press: () => does.mark(concern, !concern.done) });
}

function tell({ kind, speaker, told, doubt }, { characters }) {
  if (kind !== "speaker") return [told];
  const name = make("strong", { class: speakerClass(characters, speaker) }, speakerName(speaker));
  const hanging = doubt.lines > 1 ? `, and ${count(doubt.lines - 1, "more line")} with it` : "";
  return [name, `, ${percent(doubt.confidence)} sure${hanging}: ${told}`];
}

function makeMending(concern, story, does) {
  const parts = [];
  if (concern.doubt) {
    const line = { speaker: concern.speaker, stated: null };
    const correct = (_line, speaker) => does.give(concern, speaker);
    parts.push(makeChoice(line, story, concern.doubt.others, correct));
  } else {
    const now = { picture: "play", class: "plain", press: () => does.hearNow(concern) };
    const anew = { class: "plain", press: () => does.sayAgain(concern) };
    parts.push(
      makeRespeller(concern, does),
      make("div", { class: "row" }, makeButton("Hear the line anew", now), makeButton("Say its chapter again", anew)),
    );
  }
  return make("div", { class: "mending" }, parts);
}

/** Make the choice of a word of the line, and below it what says that word otherwise. */
function makeRespeller({ words, line }, does) {
  const found = [...new Set(words.match(/[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu) ?? [])];
  const body = make("div");
  const options = [["", "a word of it…"], ...found.map((word) => [word, word])];
  const turn = async (word) => {
    const known = word ? await does.findWord(word) : null;
    body.replaceChildren(...(known ? [makeRespelling({ ...known, line }, does.saying)] : []));
  };
  const select = makeSelect(options, turn, { id: newId("word") });
  const field = make("div", { class: "field-row" }, make("label", { for: select.id }, "Respell"), select);
  return make("div", { class: "respeller" }, field, body);
}
