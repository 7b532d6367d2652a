// Choosing a voice by ear: all voices of a language by description, gender and accent, and two side by side.

import { make, makeButton, makeField, makeRound, makeSelect, newId } from "../dom.js";
import { speakerName } from "../speakers.js";
import { count } from "../words.js";
import { accentsOf, describeVoices, nameOfVoice } from "./voices.js";

/** Rows that are set at a time: whoever has a thousand to look through narrows them down. */
const MOST_ROWS = 100;
const GENDERS = [
  ["", "any"],
  ["female", "women"],
  ["male", "men"],
  ["unknown", "between the two"],
];

/**
 * Open the dialog for a role; `draft` is the voice that is tried now, `sentence` what is said, if it isn't the
 * speaker's own words.  `does.hear(role, voice)` speaks, `does.say(sentence)` takes another sentence, and
 * `take(change)` the voice that is chosen.
 */
export function openVoiceDialog(role, { known, language, draft, sentence, does, take }) {
  const voices = describeVoices(known, role, language);
  const own = voices.find(({ voice }) => nameOfVoice(voice) === nameOfVoice(draft));
  const sides = { a: own ?? { words: draft.id, facts: "", voice: draft }, b: null };
  const id = newId("voices");

  const say = make("input", { type: "text", maxlength: "300", autocomplete: "off", value: sentence });
  say.placeholder = role.first_words || "A sentence of your own";
  say.addEventListener("input", () => does.say(say.value));
  const search = make("input", { type: "search", autocomplete: "off", maxlength: "100" });
  const all = make("input", { type: "checkbox" });
  const accents = [["", "any"], ...accentsOf(voices).map((each) => [each, each])];
  const gender = makeSelect(GENDERS, show);
  const accent = makeSelect(accents, show);
  gender.value = GENDERS.some(([value]) => value === role.gender) && !role.narrator ? role.gender : "";
  search.addEventListener("input", show);
  all.addEventListener("change", show);

  const list = make("ul", { class: "voice-list", "aria-label": "Voices" });
  const told = make("p", { class: "facts", role: "status" });
  const tray = make("div", { class: "sides" });
  const dialog = make(
    "dialog",
    { class: "card voices", "aria-labelledby": id },
    make("h2", { id }, `A voice for ${speakerName(role.narrator ? "narrator" : role.name)}`),
    makeField("Say", say, { layout: "say-field" }),
    make(
      "div",
      { class: "field-row" },
      makeField("Gender", gender),
      makeField("Accent", accent),
      makeField("Find", search),
      makeField(`All ${voices.length} voices`, all, { layout: "field-row check" }),
    ),
    list,
    told,
    tray,
  );

  function hear(each) {
    if (each !== sides.a) sides.b = each;
    showSides();
    does.hear(role, { ...draft, ...each.voice });
  }
  function choose(each) {
    dialog.close();
    take(each.voice);
  }
  function show() {
    const wanted = voices.filter((each) => isWanted(each));
    const rows = wanted.slice(0, MOST_ROWS).map(makeVoiceRow);
    list.replaceChildren(...rows);
    const more = wanted.length - rows.length;
    told.textContent = `${count(wanted.length, "voice")}${more > 0 ? `, of which ${more} are not shown` : ""}`;
  }
  function isWanted(each) {
    const words = search.value.trim().toLowerCase();
    return (
      (all.checked || each.isCast) &&
      (!gender.value || each.gender === gender.value) &&
      (!accent.value || each.accent === accent.value) &&
      `${each.words} ${each.facts}`.toLowerCase().includes(words)
    );
  }
  function makeVoiceRow(each) {
    return make(
      "li",
      {},
      makeRound(`Hear ${each.words}`, "play", () => hear(each)),
      make("span", {}, each.words, make("span", { class: "facts" }, each.facts)),
      makeButton("Choose", {
        class: "plain",
        "aria-label": `Choose ${each.words}`,
        press: () => choose(each),
      }),
    );
  }
  function showSides() {
    const { a, b } = sides;
    tray.replaceChildren(
      makeSide("A", a, makeButton("Hear A", { class: "plain", picture: "play", press: () => hear(a) })),
      b
        ? makeSide(
            "B",
            b,
            makeButton("Hear B", { class: "plain", picture: "play", press: () => hear(b) }),
            makeButton("Choose B", { class: "strong", press: () => choose(b) }),
          )
        : make("p", { class: "facts" }, "Hear a voice of the list: it stands here beside the present one."),
      makeButton("Close", { class: "plain", press: () => dialog.close() }),
    );
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  show();
  showSides();
  dialog.showModal();
}

function makeSide(letter, { words }, ...buttons) {
  return make("div", { class: "row side-voice" }, make("strong", {}, letter), make("span", {}, words), buttons);
}
