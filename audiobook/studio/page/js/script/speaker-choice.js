// Giving a line to somebody: the list of who may say it, and a field for another name.

import { takeChoice } from "../choice.js";
import { make } from "../dom.js";
import { NARRATOR, speakerName } from "../speakers.js";

const OTHER = "\u0000other";
const AS_READ = "\u0000as read";

/**
 * Make the choice of a line's speaker: those of its `company` first.  `correct(line, speaker)` is told of it; null
 * is whoever the text gives it to, which is offered of a line that something is `stated` of.
 */
export function makeChoice(line, script, company, correct) {
  const names = script.characters.map(({ name }) => name);
  const group = (label, own) =>
    own.length ? make("optgroup", { label }, own.map((name) => option(name, speakerName(name)))) : null;
  const others = names.filter((name) => !company.includes(name));
  others.sort((one, other) => speakerName(one).localeCompare(speakerName(other)));
  const option = (value, words) => make("option", { value, selected: value === (line.speaker ?? "") }, words);
  const select = make(
    "select",
    { id: "speaker" },
    line.speaker === null ? option("", "nobody is known") : null,
    group("In this scene", company),
    group(company.length ? "Elsewhere in the story" : "In the story", others),
    option(NARRATOR, "Narrator (no speech)"),
    line.stated === null ? null : option(AS_READ, "As narrate read it"),
    option(OTHER, "Another name…"),
  );
  const field = make("input", { id: "other", type: "text", autocomplete: "off", maxlength: "100" });
  const other = make(
    "form",
    { hidden: true, class: "other" },
    make("label", { for: "other" }, "Name"),
    field,
    make("button", { class: "plain" }, "Give the line"),
  );
  other.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) correct(line, field.value.trim());
  });
  const hint = takeChoice(select, (value) => {
    other.hidden = value !== OTHER;
    if (!other.hidden) field.focus();
    else if (value) correct(line, value === AS_READ ? null : value);
  });
  return make("div", { class: "field" }, make("label", { for: "speaker" }, "Said by"), select, hint, other);
}
