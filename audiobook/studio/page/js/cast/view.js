// The cast of a story: a card for each speaker, to hear and change.

import { api, lineAddress } from "../api.js";
import { make } from "../dom.js";
import { createSound } from "../sound.js";
import { NARRATOR, speakerName } from "../speakers.js";
import { count } from "../words.js";
import { makeCard } from "./card.js";
import { takeDrops } from "./merge.js";

/** Shows a story's cast in `host` and writes what is changed on its cards. */
class CastView {
  constructor(host, { name, store, say, attempt }) {
    Object.assign(this, { name, store, say, attempt });
    this.sound = createSound((words) => say(words, { isError: true }));
    this.title = make("h1");
    this.about = make("p", { class: "lead" });
    this.cards = make("ul", { class: "cards" });
    host.append(make("div", { class: "cast-head" }, this.title, this.about), this.cards);
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
    const shared = { script, voices, names, does: this.#actions() };
    const focused = document.activeElement?.closest("li.role")?.dataset.name;
    this.cards.replaceChildren(...cast.characters.map((role) => makeCard(role, shared)));
    if (focused) this.cards.querySelector(`[data-name="${CSS.escape(focused)}"] h2`)?.focus();
  }

  #actions() {
    return {
      hear: (role, voice) => this.hear(role, voice),
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
      merge: (character, into) => this.merge(character, into),
    };
  }

  /** Speak a role's first line; resolves when it begins. */
  hear(role, voice = null) {
    if (role.first_line === null) {
      this.say(`${speakerName(role.name)} says nothing that could be heard.`);
      return Promise.resolve();
    }
    return this.sound.play(lineAddress(this.name, role.first_line, voice));
  }

  merge(character, into) {
    const words = `${speakerName(character)} and ${speakerName(into)} are one now.`;
    return this.#write(api.merge, { character, into }, words);
  }

  async #write(send, change, words) {
    if (await this.attempt(() => this.store.write(send, change))) this.say(`${words} Ctrl-Z takes it back.`);
    await this.refresh();
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
