// How words are said: those that may come out wrong, each to hear, to respell, and to hear again.

import { api, wordAddress } from "../api.js";
import { make, makeButton, makeField } from "../dom.js";
import { oneAtATime } from "../order.js";
import { createSound } from "../sound.js";
import { count, fold } from "../words.js";
import { tellSaying } from "./respelling.js";
import { makeWord } from "./row.js";

const NOT_THERE = 404;

/** Shows a story's words in `host`, and writes how they are said. */
class PronunciationsView {
  #title = make("h1");
  #about = make("p", { class: "lead" });
  #field = make("input", { type: "search", autocomplete: "off", maxlength: "200" });
  #lookUp = makeButton("Look it up", { class: "plain", press: () => this.#find() });
  #told = make("p", { class: "facts", role: "status" });
  #list = make("ul", { class: "words" });
  #open = new Set();
  #sought = [];
  #shown = null;
  #rows = new Map();

  constructor(host, { name, store, say, attempt }) {
    Object.assign(this, { name, store, say, attempt });
    /** Read the words and set them anew; those that were looked up stay. */
    this.show = oneAtATime(() => this.#show());
    this.sound = createSound((words) => say(words, { isError: true }));
    this.#field.addEventListener("input", () => this.#set());
    const search = make("form", { class: "finder", role: "search" }, makeField("Find", this.#field), this.#lookUp, this.#told);
    search.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#lookUp.hidden) this.#find();
    });
    host.append(make("div", { class: "cast-head" }, this.#title, this.#about), search, this.#list);
  }

  async #show() {
    const shown = await this.store.read(api.words);
    const asked = this.#sought.filter((word) => !shown.words.some((each) => each.word === word));
    const found = await Promise.all(asked.map((word) => this.#findAgain(word)));
    this.#shown = { ...shown, words: [...found.flatMap(({ words }) => words), ...shown.words] };
    this.#title.textContent = shown.title;
    this.#title.lang = shown.language;
    this.#about.textContent = describe(this.#shown);
    this.#set();
  }

  /** Look up a word or phrase of the story that is not listed. */
  #find() {
    const words = this.#field.value.trim();
    return this.attempt(async () => {
      const { words: found } = await api.findWord(this.name, words);
      for (const { word } of found) {
        this.#sought.push(word);
        this.#open.add(word);
      }
      this.#field.value = "";
      await this.show();
      this.#focus(found[0].word, "input");
    });
  }

  #set() {
    const wanted = fold(this.#field.value.trim());
    const words = this.#shown.words.filter(({ word }) => fold(word).includes(wanted));
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const name = focused?.closest(".word").dataset.word;
    const rows = words.map((word) => this.#setWord(word));
    this.#rows = new Map(rows.map((row) => [row.name, row]));
    this.#list.replaceChildren(...rows.map(({ element }) => element));
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    else if (focused) this.#focus(name, ".word-toggle");
    this.#lookUp.hidden = !wanted || words.some(({ word }) => fold(word) === wanted);
    this.#told.textContent = wanted ? `${count(words.length, "word")} of ${this.#shown.words.length}` : "";
  }

  /** Keep a row whose word is as it was: somebody may be typing in it. */
  #setWord(word) {
    const told = JSON.stringify(word);
    const known = this.#rows.get(word.word);
    if (known?.told === told) return known;
    const element = makeWord(word, {
      language: this.#shown.language,
      does: {
        hear: (each, saying, isInLine) => this.hear(each, saying, isInLine),
        keep: (each, saying) => this.keep(each, saying),
      },
      isOpen: this.#open.has(word.word),
      turn: (isOpen) => (isOpen ? this.#open.add(word.word) : this.#open.delete(word.word)),
    });
    return { name: word.word, told, element };
  }

  #focus(word, what) {
    this.#list.querySelector(`[data-word="${CSS.escape(word)}"] ${what}`)?.focus();
  }

  /** Speak a word, alone or in the line where it stands first. */
  hear({ word, line }, saying, isInLine) {
    return this.sound.play(wordAddress(this.name, word, { ...saying, line: isInLine ? line : null }));
  }

  /** State how a word is said; null is as the engine says it. */
  async keep({ word }, saying) {
    const change = { word, ...(saying ?? { way: null }) };
    const isDone = await this.attempt(() => this.store.write(api.pronounce, change));
    if (isDone) {
      this.#open.delete(word);
      this.say(`${tellSaying(word, saying)} Ctrl-Z takes it back.`);
    }
    await this.refresh();
  }

  /** Look a word up once more; one that is in the story no longer is no longer looked for. */
  async #findAgain(word) {
    try {
      return await api.findWord(this.name, word);
    } catch (error) {
      if (error.status !== NOT_THERE) throw error;
      this.#sought = this.#sought.filter((each) => each !== word);
      return { words: [] };
    }
  }

  async refresh() {
    if (this.store.name === this.name) await this.attempt(() => this.show());
  }
}

/** Show a story's words in `host`. */
export async function showPronunciations(host, shared) {
  const view = new PronunciationsView(host, shared);
  await view.show();
  return {
    refresh: () => view.refresh(),
    leave: () => view.sound.remove(),
    keys: [{ key: "Escape", shown: "Esc", words: "Stop the sound", run: () => view.sound.stop() }],
  };
}

function describe({ words }) {
  const stated = words.filter((word) => word.stated).length;
  if (words.length === 0) return "No word is in doubt. Any word of the story can be found and respelled.";
  const open = words.length - stated;
  const doubt = open ? `${count(open, "word")} to listen to` : "No word is left in doubt";
  return `${doubt}${stated ? `, ${stated} stated` : ""}, in the narrator’s voice`;
}
