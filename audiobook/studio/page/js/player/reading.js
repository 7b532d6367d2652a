// The text of a track, in which the sentence that sounds is marked, and of that the word, where its time is known.

import { make } from "../dom.js";
import { colourClass, NARRATOR, speakerName } from "../speakers.js";
import { findWord } from "./cues.js";

const FREE_MS = 5000;
const MARGIN = 0.25;

/** Make the text in `host`; `seek(number)` is called with the cue that is clicked. */
export function createReading(host, seek) {
  let sentences = [];
  let present = null;
  let cue = null;
  let words = [];
  let word = null;
  let leftAlone = 0;

  // While a person scrolls or turns the wheel, the text is theirs.
  for (const event of ["wheel", "touchmove"]) {
    host.addEventListener(event, () => (leftAlone = performance.now() + FREE_MS), { passive: true });
  }
  host.addEventListener("click", (event) => {
    const sentence = event.target.closest?.(".sentence");
    if (sentence && getSelection().isCollapsed) seek(Number(sentence.dataset.cue));
  });

  function show(cues) {
    sentences = [];
    words = [];
    present = cue = word = null;
    const paragraphs = [];
    cues.forEach((cue, number) => {
      if (number === 0 || cue.paragraph !== cues[number - 1].paragraph) {
        if (cue.scene && number > 0)
          paragraphs.push(make("div", { class: "scene", role: "separator", "aria-label": "New scene" }));
        paragraphs.push(make(...openParagraph(cue, number)));
      }
      const sentence = makeSentence(cue, number, cues);
      sentences.push(sentence);
      paragraphs.at(-1).append(sentence, " ");
    });
    host.replaceChildren(...paragraphs);
  }
  /** Mark a cue by its number, and in it the word that sounds at a time. */
  function mark(number, heard, seconds) {
    if (sentences[number] !== present) turnTo(sentences[number] ?? null, heard);
    if (!cue) return;
    const next = words[findWord(cue, seconds)] ?? null;
    if (next === word) return;
    word?.classList.remove("is-said");
    word = next;
    word?.classList.add("is-said");
  }

  function turnTo(sentence, heard) {
    present?.removeAttribute("aria-current");
    if (words.length) present.replaceChildren(cue.text);
    [present, cue, word] = [sentence, sentence && heard, null];
    words = present ? divide(present, cue) : [];
    present?.setAttribute("aria-current", "true");
    if (present && performance.now() > leftAlone) follow(present);
  }
  return { show, mark, free: () => (leftAlone = 0) };
}

/** Keep the sentence between the edges of the window, where the eye is. */
function follow(sentence) {
  const { top, bottom } = sentence.getBoundingClientRect();
  if (top > innerHeight * 0.15 && bottom < innerHeight * (1 - MARGIN)) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  sentence.scrollIntoView({ block: "center", behavior: isStill ? "auto" : "smooth" });
}

/** Put each word of a sentence into an element of its own; return these. */
function divide(sentence, { text, words }) {
  const elements = [];
  const parts = [];
  let done = 0;
  for (let at = 0; at < words.length; at += 3) {
    const [from, to] = words.slice(at, at + 2);
    elements.push(make("span", { class: "word" }, text.slice(from, to)));
    parts.push(text.slice(done, from), elements.at(-1));
    done = to;
  }
  if (elements.length) sentence.replaceChildren(...parts, text.slice(done));
  return elements;
}

function openParagraph({ kind, scene }, number) {
  if (kind === "heading") return ["h2", { class: "chapter-title" }];
  if (kind === "credit") return ["p", { class: "credit" }];
  return ["p", { class: number === 0 || scene ? "prose first" : "prose" }];
}

function makeSentence(cue, number, cues) {
  const isSpeech = isSaid(cue);
  const names = ["sentence", colourClass(isSpeech ? cue.color : null)];
  if (isSpeech) names.push("is-speech");
  if (isSpeech && !isGoneOn(cue, cues[number - 1])) names.push("opens");
  if (isSpeech && !isGoneOn(cue, cues[number + 1])) names.push("closes");
  const title = isSpeech ? speakerName(cue.speaker) : null;
  return make("span", { class: names.join(" "), "data-cue": number, title }, cue.text);
}

function isSaid({ kind, speaker }) {
  return kind === "speech" && speaker !== NARRATOR;
}

/** Tell whether a neighbour goes on with the same speech. */
function isGoneOn(cue, other) {
  return (
    other !== undefined && isSaid(other) && other.speaker === cue.speaker && other.paragraph === cue.paragraph
  );
}
