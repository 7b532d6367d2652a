// The cast of a story: a card for each speaker, to hear and change.

import { api, auditionAddress, lineAddress } from "../api.js";
import { make, makeField } from "../dom.js";
import { createSound } from "../sound.js";
import { NARRATOR, speakerName } from "../speakers.js";
import { count } from "../words.js";
import { namesOf } from "./aliases.js";
import { makeCard, makeRow } from "./card.js";
import { Finder } from "./finder.js";
import { takeDrops } from "./merge.js";

/** More speakers than that are set in rows, which open into what a card has. */
const MOST_CARDS = 12;

/** Shows a story's cast in `host` and writes what is changed on its cards. */
class CastView {
  constructor(host, { name, store, say, attempt }) {
    Object.assign(this, { name, store, say, attempt });
    this.sound = createSound((words) => say(words, { isError: true }));
    this.title = make("h1");
    this.about = make("p", { class: "lead" });
    this.cards = make("ul", { class: "cards" });
    this.open = new Set();
    this.finder = new Finder(() => this.#set());
    this.sentence = make("input", { type: "text", maxlength: "300", autocomplete: "off", placeholder: "their own first words" });
    const tools = make(
      "div",
      { class: "finder" },
      this.finder.element,
      makeField("All say", this.sentence, { layout: "field-row all-say" }),
    );
    host.append(
      make("div", { class: "cast-head" }, this.title, this.about),
      tools,
      this.cards,
    );
    takeDrops(this.cards, (character, into) => this.merge(character, into));
  }

  /** Read the cast and set every card anew. */
  async show() {
    const [script, cast] = [await this.store.script(), await this.store.cast()];
    this.title.textContent = script.title;
    this.title.lang = script.language;
    const people = cast.characters.filter((each) => !each.narrator && each.name !== null);
    this.about.textContent = describe(people);
    const names = people.map(({ name }) => name);
    // The engines are asked for their voices, which takes seconds the first time: the cards don't wait.
    const voices = this.store.voices();
    this.attempt(() => voices);
    this.shared = { script, voices, names, does: this.#actions() };
    this.roles = cast.characters;
    this.areRows = this.roles.length > MOST_CARDS;
    this.cards.className = this.areRows ? "cards rows" : "cards";
    this.finder.element.hidden = !this.areRows;
    this.finder.take(script);
    this.#set();
  }

  /** Set the cards or rows of those who are wanted. */
  #set() {
    const restore = this.#remember();
    this.cards.replaceChildren(...this.finder.find(this.roles).map((role) => this.#setRole(role)));
    restore();
  }

  #setRole(role) {
    if (!this.areRows) return makeCard(role, this.shared);
    return makeRow(role, this.shared, {
      isOpen: this.open.has(role.name),
      turn: (isOpen) => (isOpen ? this.open.add(role.name) : this.open.delete(role.name)),
    });
  }

  /** Return what puts the names that are being typed, and the focus, back on the same cards. */
  #remember() {
    const nameOf = (element) => element.closest("li.role")?.dataset.name;
    const typed = [...this.cards.querySelectorAll(".add input")].map((field) => [nameOf(field), field.value]);
    const focused = this.cards.contains(document.activeElement) ? document.activeElement : null;
    const [name, what] = focused ? [nameOf(focused), focused.closest(".add") ? ".add input" : this.areRows ? "h2 button" : "h2"] : [];
    return () => {
      for (const [each, words] of typed) this.#type(each, words);
      if (name) this.#find(name, what)?.focus();
    };
  }

  #find(name, what) {
    return this.cards.querySelector(`[data-name="${CSS.escape(name)}"] ${what}`);
  }

  /** Put words into the field for another name of somebody, if it has none yet. */
  #type(name, words) {
    const field = this.#find(name, ".add input");
    if (field && !field.value) field.value = words;
  }

  #actions() {
    return {
      hear: (role, voice) => this.hear(role, voice),
      sentence: () => this.sentence.value.trim(),
      say: (words) => (this.sentence.value = words),
      keepVoice: (role, voice) =>
        this.#write(
          api.setVoice,
          { character: role.name, voice },
          `${speakerName(role.name)} has another voice now.`,
        ),
      setGender: (role, gender) =>
        this.#write(
          api.setCharacter,
          { character: role.name, gender },
          `${speakerName(role.name)} is ${gender} now.`,
        ),
      addAlias: (role, alias) => this.addAlias(role, alias),
      removeAlias: (role, alias) => this.removeAlias(role, alias),
      merge: (character, into) => this.merge(character, into),
    };
  }

  /** Speak a role's first line, or the sentence that a person wants to hear; resolves when it begins. */
  hear(role, voice = null) {
    const sentence = this.sentence.value.trim();
    if (sentence) return this.sound.play(auditionAddress(this.name, role.name, sentence, voice));
    if (role.first_line === null) {
      this.say(`${speakerName(role.name)} says nothing that could be heard.`);
      return Promise.resolve();
    }
    return this.sound.play(lineAddress(this.name, role.first_line, { voice }));
  }

  async addAlias({ name }, alias) {
    const words = `${speakerName(name)} is also called ${alias} now.`;
    const isDone = await this.#changeNames(name, (role) => [...namesOf(role), alias], words);
    if (!isDone) this.#type(name, alias);
  }

  removeAlias({ name }, alias) {
    const keep = ({ stated }) => (stated.aliases ?? []).filter((each) => each !== alias);
    const words = `voices.yaml doesn’t say any more that ${speakerName(name)} is called ${alias}.`;
    return this.#changeNames(name, keep, words);
  }

  /** State all other names of a role; which, `change` makes of the role as it is once all else is written. */
  async #changeNames(character, change, words) {
    await this.store.settled();
    const send = async (story, fields) => {
      const { characters, revision } = await this.store.cast();
      const role = characters.find(({ name }) => name === character);
      return api.setCharacter(story, { ...fields, revision, aliases: role ? change(role) : [] });
    };
    return this.#write(send, { character }, words);
  }

  merge(character, into) {
    const words = `${speakerName(character)} and ${speakerName(into)} are one now.`;
    return this.#write(api.merge, { character, into }, words);
  }

  async #write(send, change, words) {
    const isDone = await this.attempt(() => this.store.write(send, change));
    if (isDone) this.say(`${words} Ctrl-Z takes it back.`);
    await this.refresh();
    return isDone;
  }

  refresh() {
    return this.attempt(() => this.show());
  }
}

/** Show a story's cast in `host`. */
export async function showCast(host, shared) {
  const view = new CastView(host, shared);
  await view.show();
  return {
    refresh: () => view.refresh(),
    leave: () => view.sound.remove(),
    keys: [{ key: "Escape", shown: "Esc", words: "Stop the sound", run: () => view.sound.stop() }],
  };
}

function describe(people) {
  if (people.length === 0) return `One voice: the ${NARRATOR}’s.`;
  const lines = people.reduce((sum, { lines: own }) => sum + own, 0);
  return `${count(people.length, "character")}, ${count(lines, "line")}`;
}
