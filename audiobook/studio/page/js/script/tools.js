// What stands above and beside the script: title, chapters, layout, unsure lines, and who has which colour.

import { make, makeButton } from "../dom.js";
import { speakerClass, speakerName } from "../speakers.js";
import { count } from "../words.js";

const KEPT = "narrate studio: layout";
const LAYOUTS = { page: "Page", play: "Play" };

/** Return the layout that was chosen last, or keep another. */
export function rememberLayout(wanted = null) {
  if (wanted) localStorage.setItem(KEPT, wanted);
  const kept = wanted ?? localStorage.getItem(KEPT);
  return kept in LAYOUTS ? kept : "page";
}

/** Make the head of the view; `show` fills it, `showPlace` says which unsure line is chosen. */
export function makeHead({ turnTo, goToChapter, goToUnsure }) {
  const title = make("h1");
  const author = make("p", { class: "author" });
  const chapters = make("select", { id: "chapter" });
  const chapterField = make("div", { class: "field-row" }, make("label", { for: "chapter" }, "Chapter"), chapters);
  chapters.addEventListener("change", () => goToChapter(Number(chapters.value)));
  const layouts = make("fieldset", { class: "switch" }, make("legend", { class: "unseen" }, "Set it as"));
  const unsure = make("p", { class: "unsure", role: "status" });
  const before = makeButton("Previous unsure line", { picture: "back", isQuiet: true, class: "round", press: () => goToUnsure(-1) });
  const after = makeButton("Next unsure line", { picture: "forward", isQuiet: true, class: "round", press: () => goToUnsure(1) });
  const steps = make("div", { class: "steps" }, before, unsure, after);
  const bar = make("div", { class: "toolbar" }, chapterField, layouts, steps);
  const element = make("div", { class: "script-head" }, make("div", { class: "title-page" }, title, author), bar);

  function show(script, model, layout) {
    title.textContent = script.title;
    title.lang = script.language;
    author.textContent = script.author ?? "";
    chapterField.hidden = script.chapters.length < 2;
    chapters.replaceChildren(...script.chapters.map((each, place) => make("option", { value: place }, nameChapter(each))));
    layouts.replaceChildren(layouts.firstChild, ...Object.entries(LAYOUTS).flatMap(([value, words]) => makeRadio(value, words, layout, turnTo)));
    unsure.textContent = count(model.unsure.length, "unsure line");
    before.disabled = after.disabled = model.unsure.length === 0;
  }
  function showPlace(place, total) {
    unsure.textContent = `Unsure line ${place + 1} of ${total}`;
  }
  return { element, show, showPlace };
}

function nameChapter({ number, title }) {
  return number ? `${number}. ${title}` : title || "Credits";
}

function makeRadio(value, words, layout, turnTo) {
  const input = make("input", { type: "radio", name: "layout", id: `layout-${value}`, value, checked: value === layout });
  input.addEventListener("change", () => turnTo(value));
  return [input, make("label", { for: `layout-${value}` }, words)];
}

/** Make the list of who speaks, each in the colour of the lines. */
export function makeLegend(script, model) {
  const spoken = new Map();
  for (const line of model.lines) if (line.opens) spoken.set(line.speaker, (spoken.get(line.speaker) ?? 0) + 1);
  const names = [...spoken.keys()].sort((one, other) => spoken.get(other) - spoken.get(one));
  if (names.length === 0) return make("p", { class: "facts" }, "Nobody speaks: the narrator reads it all.");
  const rows = names.map((name) =>
    make("li", {}, make("span", { class: `swatch ${speakerClass(script.characters, name)}` }), make("span", { class: speakerClass(script.characters, name) }, speakerName(name)), make("span", { class: "facts" }, count(spoken.get(name), "line"))),
  );
  return make("section", { class: "legend", "aria-label": "Who speaks" }, make("h2", {}, "Who speaks"), make("ul", {}, rows));
}
