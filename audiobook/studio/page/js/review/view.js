// One list of what wants an ear: heard, mended, and done with, one after the other.

import { api, lineAddress, stretchAddress, wordAddress } from "../api.js";
import { make, makeField, makeSelect, setAttributes } from "../dom.js";
import { oneAtATime } from "../order.js";
import { createSound } from "../sound.js";
import { tellSaying } from "../pronunciations/respelling.js";
import { NARRATOR, speakerName } from "../speakers.js";
import { count } from "../words.js";
import { KINDS, keyOf, makeConcern } from "./concern.js";

/** Items that are set at a time: a novel may have five hundred. */
const MOST = 60;

/** Shows what of a story wants an ear in `host`. */
class ReviewView {
  #title = make("h1");
  #about = make("p", { class: "lead", role: "status" });
  #kinds;
  #done = make("input", { type: "checkbox" });
  #list = make("ol", { class: "concerns" });
  #more = make("button", { type: "button", class: "plain more", hidden: true });
  #most = MOST;
  #open = null;
  #shown = null;
  #items = new Map();

  constructor(host, { name, store, say, attempt }) {
    Object.assign(this, { name, store, say, attempt });
    /** Read the list and set it anew. */
    this.show = oneAtATime(() => this.#show());
    this.sound = createSound((words) => say(words, { isError: true }));
    this.#kinds = makeSelect([["", "everything"]], () => this.#set());
    this.#done.addEventListener("change", () => this.#set());
    this.#more.addEventListener("click", () => {
      this.#most += MOST;
      this.#set();
    });
    this.tools = make(
      "div",
      { class: "finder" },
      makeField("Show", this.#kinds),
      makeField("what is done, too", this.#done, { layout: "field-row check" }),
    );
    host.append(make("div", { class: "cast-head" }, this.#title, this.#about), this.tools, this.#list, this.#more);
  }

  async #show() {
    this.#shown = await this.store.read(api.review);
    this.#title.textContent = this.#shown.title;
    this.#title.lang = this.#shown.language;
    this.#offerKinds();
    this.#set();
  }

  #offerKinds() {
    const kept = this.#kinds.value;
    const there = Object.keys(KINDS).filter((kind) => this.#shown.concerns.some((each) => each.kind === kind));
    const options = [["", "everything"], ...there.map((kind) => [kind, KINDS[kind]])];
    this.#kinds.replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
    this.#kinds.value = there.includes(kept) ? kept : "";
    this.tools.hidden = this.#shown.concerns.length === 0;
  }

  /** Return what is wanted to be seen, in order. */
  get #wanted() {
    const kind = this.#kinds.value;
    const isSeen = (each) => (!kind || each.kind === kind) && (this.#done.checked || !each.done || keyOf(each) === this.#open);
    return this.#shown.concerns.filter(isSeen);
  }

  #set() {
    const wanted = this.#wanted;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const items = wanted.slice(0, this.#most).map((concern) => this.#setConcern(concern));
    this.#items = new Map(items.map((item) => [item.key, item]));
    this.#list.replaceChildren(...items.map(({ element }) => element));
    const more = wanted.length - items.length;
    setAttributes(this.#more, { hidden: more <= 0 });
    this.#more.textContent = `Show more of the other ${more}`;
    this.#about.textContent = describe(this.#shown);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    else if (focused) this.#focus();
  }

  /** Keep an item that is as it was: somebody may be typing in it. */
  #setConcern(concern) {
    const [key, { characters, edition }] = [keyOf(concern), this.#shown];
    const isOpen = key === this.#open;
    const told = JSON.stringify([concern, isOpen, isOpen && characters, edition]);
    const known = this.#items.get(key);
    if (known?.told === told) return known;
    return { key, told, element: makeConcern(concern, this.#shown, { does: this.#actions(), isOpen }) };
  }

  /** Take the focus to what is open: to its article, where Space is a key of the view's. */
  #focus() {
    const open = this.#list.querySelector(".is-open article") ?? this.#list.querySelector(".concern-toggle");
    open?.focus({ preventScroll: true });
    open?.closest(".concern").scrollIntoView({ block: "nearest" });
  }

  #actions() {
    return {
      turn: (concern, isOpen) => this.turn(concern, isOpen),
      hear: (concern) => this.hear(concern),
      hearNow: ({ line }) => this.sound.play(lineAddress(this.name, line, { edition: this.#shown.edition })),
      mark: (concern, isDone) => this.mark(concern, isDone),
      give: (concern, speaker) => this.give(concern, speaker),
      sayAgain: (concern) => this.sayAgain(concern),
      findWord: (word) => this.#findWord(word),
      saying: this.#sayingActions(),
    };
  }

  /** What the respelling of a word does. */
  #sayingActions() {
    return {
      hear: ({ word, line }, saying, isInLine) =>
        this.sound.play(wordAddress(this.name, word, { ...saying, line: isInLine ? line : null })),
      keep: ({ word }, saying) =>
        this.#write(api.pronounce, { word, ...(saying ?? { way: null }) }, tellSaying(word, saying)),
    };
  }

  /** Return a word as api/…/pronunciations has it, null where it can't be had. */
  async #findWord(word) {
    let found = null;
    await this.attempt(async () => ([found] = (await api.findWord(this.name, word)).words));
    return found;
  }

  /** Show what mends a concern, or hide it. */
  turn(concern, isOpen) {
    const key = keyOf(concern);
    this.#open = isOpen ? key : null;
    this.#set();
    this.#list.querySelector(`[data-key="${key}"] .concern-toggle`)?.focus();
  }

  /** Go to the concern after (`step` 1) or before the one that is open. */
  step(step) {
    const wanted = this.#wanted;
    const at = wanted.findIndex((each) => keyOf(each) === this.#open);
    const next = at < 0 ? (step > 0 ? 0 : wanted.length - 1) : at + step;
    if (!wanted[next]) return;
    this.#most = Math.max(this.#most, next + 1);
    this.#open = keyOf(wanted[next]);
    this.#set();
    this.#focus();
  }

  get #chosen() {
    return this.#shown.concerns.find((each) => keyOf(each) === this.#open);
  }

  /** Speak a line: as it sounds in its finished file or, of a doubtful speaker, as it would. */
  hear({ line, sound }) {
    const { edition } = this.#shown;
    return this.sound.play(sound ? stretchAddress(this.name, sound) : lineAddress(this.name, line, { edition }));
  }

  /** Note that a concern is done with, or is not, and go on to the next. */
  async mark({ kind, line, words }, isDone) {
    const before = this.#wanted;
    const at = before.findIndex((each) => each.kind === kind && each.line === line);
    const { edition } = this.#shown;
    const isMarked = await this.attempt(() => api.markDone(this.name, { kind, line, words, edition, done: isDone }));
    if (isMarked && isDone) this.#open = before[at + 1] ? keyOf(before[at + 1]) : null;
    await this.refresh();
  }

  give({ doubt, words }, speaker) {
    const name = speaker === NARRATOR ? "the narrator" : speakerName(speaker);
    const change = { quotation: doubt.quotation, speaker, edition: this.#shown.edition, words };
    return this.#write(api.correct, change, `The line is ${name}’s now, and voices.yaml says so.`);
  }

  sayAgain({ chapter }) {
    return this.attempt(async () => {
      await api.makeAnew(this.name, chapter.number);
      this.say("The chapter is being made anew, every line spoken again.");
    });
  }

  async #write(send, change, words) {
    const isDone = await this.attempt(() => this.store.write(send, change));
    if (isDone) {
      this.#items.clear(); // what was typed is written
      this.say(`${words} Ctrl-Z takes it back.`);
    }
    await this.refresh();
  }

  async refresh() {
    if (this.store.name === this.name) await this.attempt(() => this.show());
  }

  get keys() {
    const withChosen = (act) => () => this.#chosen && act(this.#chosen);
    return [
      { key: "n", shown: "n", words: "Next on the list", run: () => this.step(1) },
      { key: "p", shown: "p", words: "Previous on the list", run: () => this.step(-1) },
      { key: " ", shown: "Space", words: "Hear it, or stop", run: withChosen((each) => (this.sound.isPlaying ? this.sound.stop() : this.hear(each))) },
      { key: "c", shown: "c", words: "Choose its speaker", run: () => this.#list.querySelector(".mending select")?.focus() },
      { key: "d", shown: "d", words: "Done with it, or not", run: withChosen((each) => this.mark(each, !each.done)) },
    ];
  }
}

/** Show what of a story wants an ear in `host`. */
export async function showReview(host, shared) {
  const { events, name } = shared;
  const view = new ReviewView(host, shared);
  await view.show();
  const onReview = ({ detail }) => detail.name === name && view.refresh();
  const onShelf = () => view.refresh();
  events.addEventListener("review", onReview);
  events.addEventListener("shelf", onShelf);
  return {
    refresh: () => view.refresh(),
    leave() {
      events.removeEventListener("review", onReview);
      events.removeEventListener("shelf", onShelf);
      view.sound.remove();
    },
    keys: view.keys,
  };
}

function describe({ concerns, files, unmeasured }) {
  const left = concerns.filter(({ done }) => !done).length;
  const done = concerns.length - left;
  const parts = [left ? `${count(left, "place")} to listen to` : "Nothing wants an ear"];
  if (done) parts.push(`${done} done`);
  if (unmeasured) parts.push(`listening for silences in ${count(unmeasured, "file")}`);
  else if (!files) parts.push("nothing is made yet");
  return parts.join(", ");
}
