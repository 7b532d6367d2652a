// All about one line: who says it, how the text tells, how sure that is; and another speaker for it.

import { make, makeButton } from "../dom.js";
import { speakerClass } from "../speakers.js";
import { percent } from "../words.js";
import { tellDelivery } from "./delivery.js";
import { AWAITED } from "./model.js";
import { makeChoice } from "./speaker-choice.js";

const TYPES = {
  explicit: "A tag names the speaker",
  anaphoric: "A tag points to the speaker",
  implicit: "The text doesn’t say; told from the talk around it",
};

/**
 * Make the panel; `hear(line)`, `correct(line, speaker)` (null: nobody is stated any more) and `close()` are
 * what its controls do; `tell(line)` promises what is spoken of it.
 */
export function makePanel({ hear, correct, close, tell }) {
  const element = make("section", { class: "panel card", "aria-label": "The chosen line" });

  function show(line, script, said, company) {
    element.hidden = false;
    const shut = makeButton("Close", { picture: "close", isQuiet: true, class: "round shut", press: close });
    const words = make(
      "blockquote",
      {
        class: line.isAwaited ? "voice-none" : speakerClass(script.characters, line.speaker),
        lang: script.language,
      },
      said,
    );
    const play = makeButton("Hear it", { picture: "play", class: "strong", press: () => hear(line) });
    const canCorrect = !line.isAwaited && (line.quotation !== null || line.stated !== null);
    const how = tellDelivery(line);
    element.replaceChildren(
      words,
      make("div", { class: "row" }, play),
      canCorrect ? makeChoice(line, script, company, correct) : "",
      makeReason(line),
      how ? make("p", { class: "facts" }, `How it is said: ${how}.`) : "",
      makeSpoken(tell(line)),
      shut, // stands above, but comes last by keyboard
    );
  }
  return {
    element,
    show,
    hide() {
      element.hidden = true;
    },
    /** Take the focus to the choice of a speaker, where the line has one. */
    choose() {
      element.querySelector("select")?.focus();
    },
  };
}

/** Show what is spoken in place of which words, and by which rule, once that is known. */
function makeSpoken(told) {
  const list = make("ul", { class: "facts spoken", hidden: true, "aria-label": "Spoken otherwise" });
  told
    .then(({ changes }) => {
      const items = changes.map(({ written, spoken, rule }) =>
        make("li", {}, `${written} → ${spoken.trim() || "silence"} (${rule})`),
      );
      list.replaceChildren(...items);
      list.hidden = items.length === 0;
    })
    .catch(() => {}); // the line's words are shown all the same
  return list;
}

function makeReason(line) {
  if (line.isAwaited) return make("p", { class: "facts" }, AWAITED);
  return line.quotation === null ? makeReader(line) : makeEvidence(line);
}

function makeReader({ kind, stated }) {
  const why =
    stated === null ? "no words that somebody says" : "voices.yaml says that it is no speech of anybody";
  const words = kind === "credit" ? "A credit, read by the narrator." : `Read by the narrator: ${why}.`;
  return make("p", { class: "facts" }, words);
}

function makeEvidence(line) {
  if (line.stated !== null) return make("p", { class: "facts" }, "Stated in voices.yaml.");
  const meter = make("meter", {
    min: 0,
    max: 1,
    low: 0.6,
    high: 0.85,
    optimum: 1,
    value: line.confidence,
    "aria-label": "How sure",
  });
  const sure = make(
    "p",
    { class: "sure" },
    meter,
    make("span", {}, `${percent(line.confidence)} sure`),
    line.doubtful ? make("strong", {}, "unsure") : null,
  );
  return make(
    "div",
    { class: "evidence" },
    sure,
    make("p", { class: "facts" }, `${TYPES[line.type] ?? "How the text tells"}:`),
    make("p", { class: "facts why" }, line.evidence),
  );
}
