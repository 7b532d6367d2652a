// Places in a book that a listener wants to find again: kept by the browser, for each book.

import { icon, make, makeButton } from "../dom.js";
import { clock } from "../words.js";

const MOST_WORDS = 60;

/** The bookmarks of a book (by `key`); `go(mark)` turns to one, `where()` returns one for the present place. */
export class Bookmarks {
  #name;
  #go;
  #list = make("ul", {});
  #summary = make("summary", {});
  #marks = [];

  constructor(key, { go, where }) {
    [this.#name, this.#go, this.where] = [`narrate bookmarks: ${key}`, go, where];
    this.#marks = this.#read();
    this.button = makeButton("Bookmark", { class: "plain", picture: "mark", press: () => this.add() });
    this.element = make("details", { class: "bookmarks" }, this.#summary, this.#list);
    this.#show();
  }

  /** Keep the present place: {number (a track's own), seconds, title, words}. */
  add() {
    const mark = this.where();
    if (!mark) return;
    const isSame = (other) => other.number === mark.number && Math.abs(other.seconds - mark.seconds) < 1;
    if (!this.#marks.some(isSame)) this.#keep([...this.#marks, { ...mark, words: cut(mark.words) }]);
  }

  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#name));
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  #keep(marks) {
    this.#marks = marks.toSorted((one, other) => one.number - other.number || one.seconds - other.seconds);
    try {
      localStorage.setItem(this.#name, JSON.stringify(this.#marks));
    } catch {
      // A browser that keeps nothing for this page: they last as long as it is open.
    }
    this.#show();
  }

  #show() {
    this.element.hidden = this.#marks.length === 0;
    this.#summary.textContent = `Bookmarks (${this.#marks.length})`;
    this.#list.replaceChildren(...this.#marks.map((mark) => this.#makeMark(mark)));
  }

  #makeMark(mark) {
    const name = `${mark.title}, ${clock(mark.seconds)}`;
    const away = make("button", { type: "button", class: "round", "aria-label": `Take the bookmark away: ${name}` }, icon("close"));
    away.addEventListener("click", () => this.#keep(this.#marks.filter((other) => other !== mark)));
    const go = makeButton(name, { class: "plain", press: () => this.#go(mark) });
    return make("li", {}, go, make("span", { class: "facts" }, mark.words), away);
  }
}

function cut(words) {
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS).trimEnd()}…` : words;
}
