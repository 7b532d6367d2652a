// What stands above and beside the script: title, chapters, layout, unsure lines, and who has which colour.

import { make, makeField, makeRound, makeSelect } from "../dom.js";
import { speakerClass, speakerName } from "../speakers.js";
import { count, nameChapter } from "../words.js";

const KEPT = "narrate studio: layout";
const LAYOUTS = { page: "Page", play: "Play" };

/** Return the layout that was chosen last, or keep another. */
export function rememberLayout(wanted = null) {
  if (wanted) localStorage.setItem(KEPT, wanted);
  const kept = wanted ?? localStorage.getItem(KEPT);
  return kept in LAYOUTS ? kept : "page";
}

/** The head of the view; its controls call turnTo(layout), goToChapter(place), goToUnsure(step). */
export class Head {
  #title = make("h1");
  #author = make("p", { class: "author" });
  #unsure = make("p", { class: "unsure", role: "status" });
  #chapters;
  #chapterField;
  #layouts;
  #steps;

  constructor({ turnTo, goToChapter, goToUnsure }) {
    this.#chapters = makeSelect([], (place) => goToChapter(Number(place)));
    this.#chapterField = makeField("Chapter", this.#chapters);
    this.#layouts = Object.entries(LAYOUTS).map(([value, words]) => makeRadio(value, words, turnTo));
    this.#steps = [
      makeRound("Previous unsure line", "back", () => goToUnsure(-1)),
      makeRound("Next unsure line", "forward", () => goToUnsure(1)),
    ];
    const [before, after] = this.#steps;
    const legend = make("legend", { class: "unseen" }, "Set it as");
    const bar = make(
      "div",
      { class: "toolbar" },
      this.#chapterField,
      make("fieldset", { class: "switch" }, legend, this.#layouts.flat()),
      make("div", { class: "steps" }, before, this.#unsure, after),
    );
    const title = make("div", { class: "title-page" }, this.#title, this.#author);
    this.element = make("div", { class: "script-head" }, title, bar);
  }

  /** Show what is known of a script and its arrangement, and in which layout it is set. */
  show(script, model, layout) {
    this.#title.textContent = script.title;
    this.#title.lang = script.language;
    this.#author.textContent = script.author ?? "";
    this.#chapterField.hidden = script.chapters.length < 2;
    this.#chapters.replaceChildren(
      ...script.chapters.map((each, place) => make("option", { value: place }, nameChapter(each))),
    );
    for (const [input] of this.#layouts) input.checked = input.value === layout;
    this.#unsure.textContent = count(model.unsure.length, "unsure line");
    for (const button of this.#steps) button.disabled = model.unsure.length === 0;
  }

  /** Say in which chapter one reads. */
  showChapter(place) {
    this.#chapters.value = place;
  }

  /** Say which unsure line is chosen. */
  showPlace(place, total) {
    this.#unsure.textContent = `Unsure line ${place + 1} of ${total}`;
  }
}

function makeRadio(value, words, turnTo) {
  const input = make("input", { type: "radio", name: "layout", id: `layout-${value}`, value });
  input.addEventListener("change", () => turnTo(value));
  return [input, make("label", { for: input.id }, words)];
}

/** Make the list of who speaks, each in the colour of the lines. */
export function makeLegend(script, model) {
  const spoken = new Map();
  for (const line of model.lines)
    if (line.opens && !line.isAwaited) spoken.set(line.speaker, (spoken.get(line.speaker) ?? 0) + 1);
  const names = [...spoken.keys()].sort((one, other) => spoken.get(other) - spoken.get(one));
  if (names.length === 0) return make("p", { class: "facts" }, "Nobody speaks: the narrator reads it all.");
  const rows = names.map((name) =>
    make(
      "li",
      {},
      make("span", { class: `swatch ${speakerClass(script.characters, name)}` }),
      make("span", { class: speakerClass(script.characters, name) }, speakerName(name)),
      make("span", { class: "facts" }, count(spoken.get(name), "line")),
    ),
  );
  return make(
    "section",
    { class: "legend", "aria-label": "Who speaks" },
    make("h2", {}, "Who speaks"),
    make("ul", {}, rows),
  );
}
