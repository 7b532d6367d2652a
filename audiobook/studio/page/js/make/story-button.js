// Making the open story, from any of its pages: the button in the head, and the choice of its chapters.

import { api } from "../api.js";
import { make, makeButton } from "../dom.js";
import { chooseChapters } from "./chapters.js";
import { MAKE, standingOf } from "./standing.js";

/** The open story's button; `attempt` is the page's. */
export class StoryButton {
  #name = null;
  #story = null;
  #state = null;
  #attempt;
  #button = makeButton("Make", { class: "strong", press: () => this.#press() });
  #choose = makeButton("Chapters…", {
    class: "plain choose",
    press: () => chooseChapters(this.#name, this.#attempt),
  });
  #told = make("span", { class: "facts" });

  constructor(attempt) {
    this.#attempt = attempt;
    this.element = make("div", { class: "row make-story" }, this.#told, this.#choose, this.#button);
    this.#show();
  }

  /** Turn to a story, or to none (null). */
  open(name) {
    if (name === this.#name) return;
    [this.#name, this.#story] = [name, null];
    this.#show();
    this.refresh();
  }

  /** Ask how the story stands. */
  async refresh() {
    const name = this.#name;
    if (name === null) return;
    // A story that can't be read is told of by its page.
    const story = await api.chapters(name).catch(() => null);
    if (name !== this.#name) return;
    this.#story = story;
    this.#show();
  }

  /** Follow the making (the event `state`). */
  follow(state) {
    this.#state = state;
    this.#show();
  }

  #press() {
    const { isQueued } = standingOf(this.#name, this.#state);
    this.#attempt(() => (isQueued ? api.leaveQueue(this.#name) : api.make([this.#name])));
  }

  #show() {
    const { counts, isQueued } = standingOf(this.#name, this.#state);
    const words = isQueued ? "Take out of the queue" : MAKE[this.#story?.state];
    const isAtWork = counts !== null;
    this.element.hidden = this.#story === null;
    this.#button.hidden = isAtWork || !words;
    this.#button.firstChild.textContent = words ?? "";
    this.#choose.hidden = isQueued || !((this.#story?.chapters.length ?? 0) > 1);
    this.#told.textContent = isAtWork ? "Being made" : this.#story?.state === "made" ? "Made" : "";
  }
}
