// The shelf: every story with its cover and state, making them, and bringing new ones.

import { api } from "../api.js";
import { make, makeButton } from "../dom.js";
import { oneAtATime } from "../order.js";
import { count, lasting } from "../words.js";
import { chooseChapters } from "../make/chapters.js";
import { makeBook } from "./book.js";
import { openUpload } from "./upload.js";

const LIST = new Intl.ListFormat("en");

/** Shows the shelf in `host`. */
class ShelfView {
  #about = make("p", { class: "lead" });
  #books = make("ul", { class: "books" });
  #welcome = make("div", { class: "welcome card", hidden: true });
  #shown = new Map();
  #state = null;

  constructor(host, { say, attempt, events }) {
    Object.assign(this, { say, attempt, events });
    this.refresh = oneAtATime(() => this.#show());
    this.makeAll = makeButton("Make all", { class: "strong", press: () => this.#start([]) });
    this.upload = openUpload(host, (files) => this.#bring(files));
    const head = make(
      "div",
      { class: "shelf-head" },
      make("div", {}, make("h1", {}, "The shelf"), this.#about),
      make("div", { class: "row" }, this.upload.button, this.makeAll),
    );
    host.append(head, this.#books, this.#welcome);
  }

  async #show() {
    const shelf = await api.shelf();
    this.#about.textContent = describe(shelf);
    this.#welcomeTo(shelf);
    const focused = document.activeElement?.closest("[data-name]")?.dataset.name;
    this.#books.replaceChildren(...shelf.stories.map((story) => this.#showBook(story)));
    if (focused) this.#books.querySelector(`[data-name="${CSS.escape(focused)}"] a`)?.focus();
    this.makeAll.hidden = !shelf.stories.some(({ state }) => ["stale", "part", "unmade"].includes(state));
  }

  /** Keep what has not changed: its cover would flicker, and whoever has the focus there lose it. */
  #showBook(story) {
    const told = JSON.stringify([story, this.events.last.trouble]);
    const shown = this.#shown.get(story.name);
    if (shown?.told === told) return shown.book.element;
    const book = makeBook(story, {
      start: (name) => this.#start([name]),
      leave: (name) => this.attempt(() => api.leaveQueue(name)),
      trouble: this.events.last.trouble?.message,
      choose: (name) => chooseChapters(name, this.attempt),
    });
    book.follow(this.#state);
    this.#shown.set(story.name, { told, book });
    return book.element;
  }

  /** Help whoever has no story here yet. */
  #welcomeTo({ stories, folder }) {
    const isEmpty = stories.length === 0;
    if (this.#welcome.hidden !== isEmpty) return;
    this.#welcome.hidden = !isEmpty;
    if (!isEmpty) return this.#welcome.replaceChildren();
    const example = makeButton("Put an example here", {
      class: "strong",
      press: () => this.attempt(async () => (await api.addExample(), await this.refresh())),
    });
    this.#welcome.replaceChildren(
      make("h2", {}, "Bring a story"),
      make("p", {}, "Drop a text anywhere on this page, or choose one with “Add a story…”: plain text, Markdown, EPUB, " +
        "HTML, Word, PDF and more."),
      make("p", {}, "Or copy files into ", make("code", {}, folder), ": they appear here by themselves."),
      make("p", {}, "To see first what this is: a very short story for several voices."),
      make("div", { class: "row" }, example),
    );
  }

  #start(stories) {
    return this.attempt(() => api.make(stories));
  }

  /** Bring files, and say at the end of all which came and what is wrong with the others. */
  async #bring(files) {
    const told = await uploadAll(files);
    const brought = told.filter(({ fault }) => fault === null).map(({ name }) => name);
    const faults = told
      .filter(({ fault }) => fault !== null)
      .map(({ name, fault }) => (fault.includes(name) ? fault : `${name}: ${fault}`));
    const are = brought.length > 1 ? "are" : "is";
    const good = brought.length ? [`${LIST.format(brought)} ${are} on the shelf.`] : [];
    this.say([...good, ...faults].join("\n"), { isError: faults.length > 0 });
    await this.attempt(this.refresh);
  }

  /** Show how the making goes (the event `state`). */
  follow(state) {
    const hasChanged = this.#state?.running !== state.running;
    this.#state = state;
    for (const { book } of this.#shown.values()) book.follow(state);
    if (hasChanged) this.attempt(this.refresh);
  }
}

/** Upload files one after the other; returns for each its name, and its fault or null. */
async function uploadAll(files) {
  const told = [];
  for (const file of files) {
    const fault = await api.upload(file).then(
      () => null,
      (error) => error.message,
    );
    told.push({ name: file.name, fault });
  }
  return told;
}

/** Show the shelf in `host`. */
export async function showShelf(host, shared) {
  const { events, attempt } = shared;
  const view = new ShelfView(host, shared);
  if (events.last.state) view.follow(events.last.state);
  await view.refresh();
  const onState = ({ detail }) => view.follow(detail);
  const onShelf = () => attempt(view.refresh);
  events.addEventListener("state", onState);
  events.addEventListener("shelf", onShelf);
  return {
    refresh: onShelf,
    leave() {
      view.upload.leave();
      events.removeEventListener("state", onState);
      events.removeEventListener("shelf", onShelf);
    },
  };
}

function describe({ stories, folder }) {
  if (stories.length === 0) return "No stories yet";
  const seconds = stories.reduce((sum, story) => sum + (story.seconds ?? 0), 0);
  const toHear = seconds ? `, ${lasting(seconds)} to hear` : ""; // none is known while all are being read
  return `${count(stories.length, "story", "stories")} in ${folder}${toHear}`;
}
