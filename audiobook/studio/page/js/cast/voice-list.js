// The list of voices, with a button on either side, so that one can walk along by ear.

import { make, makeField, makeRound } from "../dom.js";
import { listVoices, nameOfVoice } from "./voices.js";

/** Lists the voices for a role; `turn(change)` is told which engine and voice (and more) are chosen. */
export class VoiceList {
  #role;
  #language;
  #turn;
  #known = null;
  #find = () => null;
  #select = make("select");

  constructor(role, language, turn) {
    [this.#role, this.#language, this.#turn] = [role, language, turn];
    const select = this.#select;
    select.addEventListener("change", () => this.#choose());
    // There are a thousand voices for each of the cards: they are listed when they are wanted.
    for (const event of ["pointerdown", "focus"]) select.addEventListener(event, () => this.#fill());
    const before = makeRound("Previous voice", "back", () => this.#walk(-1));
    const after = makeRound("Next voice", "forward", () => this.#walk(1));
    const around = make("div", { class: "walk" }, before, select, after);
    this.element = makeField("Voice", select, { layout: "field", around });
    this.offer({ engines: [], pools: {}, descriptions: {} });
    this.#fill();
  }

  /** Take the voices there are (api/voices). */
  offer(voices) {
    this.#known = voices;
  }

  show(voice) {
    if (nameOfVoice(voice) !== nameOfVoice(this.#role.voice)) this.#fill();
    // A voice stands in the list twice where a pool has it: walking on must not jump between the two.
    if (nameOfVoice(this.#find(this.#select.value)) !== nameOfVoice(voice)) {
      this.#select.value = nameOfVoice(voice);
    }
  }

  #fill() {
    if (this.#known === null) return;
    const { groups, find, present } = listVoices(this.#known, this.#role, this.#language);
    this.#known = null;
    this.#find = find;
    const option = ({ value, words }) => make("option", { value }, words);
    this.#select.replaceChildren(
      ...groups.map(({ label, options }) => make("optgroup", { label }, options.map(option))),
    );
    this.#select.value = present;
  }

  #choose() {
    this.#turn(this.#find(this.#select.value));
  }

  #walk(step) {
    this.#fill();
    const { selectedIndex, length } = this.#select;
    this.#select.selectedIndex = (selectedIndex + step + length) % length;
    this.#choose();
  }
}
