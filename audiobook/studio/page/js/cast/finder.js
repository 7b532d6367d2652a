// Finding somebody in the cast of a novel: by name, or by the chapter that they speak in.

import { make, makeField, makeSelect } from "../dom.js";
import { speakerName } from "../speakers.js";
import { count, fold, nameChapter } from "../words.js";
import { countLines } from "./company.js";

/** Find roles; `look()` is called when others are wanted. */
export class Finder {
  #field = make("input", { type: "search", autocomplete: "off", maxlength: "100" });
  #chapters;
  #chapterField;
  #told = make("p", { class: "facts", role: "status" });
  #lines = [];

  constructor(look) {
    this.#field.addEventListener("input", look);
    this.#chapters = makeSelect([], look);
    this.#chapterField = makeField("Who speaks in", this.#chapters);
    this.element = make(
      "div",
      { class: "finding", role: "search" },
      makeField("Find", this.#field),
      this.#chapterField,
      this.#told,
    );
  }

  /** Take a story's script as it is. */
  take(script) {
    this.#lines = countLines(script);
    const kept = this.#chapters.value || "all";
    const speaking = [...script.chapters.entries()].filter(([place]) => this.#lines[place].size);
    this.#chapters.replaceChildren(
      make("option", { value: "all" }, "all chapters"),
      ...speaking.map(([place, chapter]) => make("option", { value: place }, nameChapter(chapter))),
    );
    this.#chapters.value = kept;
    if (this.#chapters.selectedIndex < 0) this.#chapters.value = "all";
    this.#chapterField.hidden = speaking.length < 2;
  }

  /** Return the roles that are wanted: in a chapter those with most lines there first, each with `here`. */
  find(roles) {
    const words = fold(this.#field.value.trim());
    const lines = this.#lines[this.#chapters.value];
    const wanted = roles
      .filter((role) => matches(role, words))
      .map((role) => ({ ...role, here: lines?.get(role.name) ?? null }))
      .filter(({ here }) => !lines || here !== null);
    if (lines) wanted.sort((one, other) => other.here - one.here);
    const isNarrowed = words !== "" || lines !== undefined;
    this.#told.textContent = isNarrowed ? `${count(wanted.length, "speaker")} of ${roles.length}` : "";
    return wanted;
  }
}

function matches({ name, aliases, stated, narrator }, words) {
  const names = [narrator ? "narrator" : speakerName(name), ...aliases, ...(stated.aliases ?? [])];
  return names.some((each) => fold(each).includes(words));
}
