// Listening to a story, in the studio: to what of it is finished, and to the rest as it comes.

import { api, coverAddress } from "./api.js";
import { make } from "./dom.js";
import { Player } from "./player/player.js";

/** Shows the player of a story in `host`, or what there is to do before. */
class ListenView {
  #player = null;
  #files = 0;

  constructor(host, { name, say, use }) {
    Object.assign(this, { host, name, say, use });
  }

  async show() {
    const book = await api.player(this.name);
    if (this.#player) this.#player.take(book.tracks);
    else if (book.tracks.length) this.#open(book);
    else this.#tellNothing(book);
    await this.#tellOlder();
  }

  /** Say which chapters sound otherwise than they would now; the sound can be heard all the same. */
  async #tellOlder() {
    const { chapters, reasons } = await api.chapters(this.name);
    const why = reasons.length ? ` (${reasons.join("; ")})` : "";
    const words = `This sound is older than the story as it is now${why}. “Make anew”, above, brings it up to date.`;
    const older = chapters.filter(({ state }) => state === "stale").map(({ number }) => [number, words]);
    this.#player?.tellOlder(new Map(older));
  }

  #open(book) {
    this.host.replaceChildren();
    this.#player = new Player(
      this.host,
      { ...book, cover: coverAddress(this.name) },
      {
        key: this.name,
        fail: (words) => this.say(words, { isError: true }),
        // Without its waveform the bar still seeks; there is nothing to tell.
        fetchPeaks: (track) => api.peaks(this.name, track.number).catch(() => []),
      },
    );
    this.use(this.#player.keys);
  }

  #tellNothing(book) {
    const title = make("h1", { lang: book.language }, book.title);
    const why = "There is nothing to hear yet. Make the story, or some chapters of it, by the button above.";
    this.host.replaceChildren(make("div", { class: "title-page" }, title, make("p", { class: "lead" }, why)));
  }

  /** Take the chapters that come while the story is being made (the event `state`). */
  follow({ stories }) {
    const files = stories[this.name]?.files ?? 0;
    if (files === this.#files) return;
    this.#files = files;
    this.refresh();
  }

  /** What is there stays, where more can't be had just now. */
  refresh() {
    return this.show().catch((error) => this.say(error.message, { isError: true }));
  }

  get keys() {
    return this.#player?.keys ?? [];
  }

  leave() {
    this.#player?.leave();
  }
}

/** Show the player of a story in `host`. */
export async function showListen(host, shared) {
  const { events } = shared;
  const view = new ListenView(host, shared);
  await view.show();
  const onState = ({ detail }) => view.follow(detail);
  const onShelf = () => view.refresh();
  events.addEventListener("state", onState);
  events.addEventListener("shelf", onShelf);
  return {
    refresh: onShelf,
    leave() {
      events.removeEventListener("state", onState);
      events.removeEventListener("shelf", onShelf);
      view.leave();
    },
    keys: view.keys,
  };
}
