// The story itself: what it is called, its cover and formats, what was made of it, and off the shelf with it.

import { api } from "../api.js";
import { make, makeButton } from "../dom.js";
import { address } from "../router.js";
import { makeCover } from "./cover.js";
import { makeLanguage, makeWords } from "./fields.js";
import { showFiles } from "./files.js";
import { makeFormats } from "./formats.js";
import { removeStory } from "./remove.js";

/** What is folded away as long as nothing is known of it. */
const MORE = ["year", "series", "series_part", "description"];

/** Shows the details of a story in `host`. */
class DetailsView {
  #title = make("h1");
  #fault = make("p", { class: "fault", hidden: true });
  #files = make("div", { class: "made-files" });
  #fields = new Map();
  #writing = Promise.resolve();
  #unwritten = 0;
  #standing = "";
  #asked = 0;

  constructor(host, shared) {
    Object.assign(this, { host, ...shared });
  }

  /** Ask for all, and show it; what is being typed stays. */
  async show() {
    const shown = await this.store.details();
    if (!this.cover) this.#build(shown);
    this.shown = shown;
    const { details, formats, has_own_formats: hasOwn, error } = shown;
    this.#title.textContent = details.title.value;
    this.#title.lang = details.language.value;
    this.#fault.hidden = error === null;
    this.#fault.textContent = error ?? "";
    for (const [key, field] of this.#fields) field.take(details[key]);
    this.formats.take(formats, hasOwn);
    this.cover.take(shown);
    await this.showFiles();
  }

  /** Show the files as they are now; nobody has asked, so that what goes wrong is no news. */
  async followFiles() {
    if (!this.isGoing) await this.showFiles().catch(() => {});
  }

  async showFiles() {
    const mine = ++this.#asked;
    const made = await api.files(this.name);
    if (mine === this.#asked) this.#files.replaceChildren(...showFiles(this.name, made));
  }

  #build({ details, languages, known_formats: known }) {
    const words = (key, label, more) => this.#add(key, makeWords(label, (value) => this.#write({ [key]: value }), more));
    this.cover = makeCover(this.host, this.name, {
      attempt: this.attempt,
      say: this.say,
      changed: () => this.refresh(),
    });
    this.formats = makeFormats(known, (formats) => this.#write({ formats }));
    const fields = [
      words("title", "Title"),
      words("author", "Author"),
      this.#add("language", makeLanguage(languages, (language) => this.#write({ language }))),
      make(
        "details",
        { class: "more-fields", open: MORE.some((key) => details[key].value !== "") },
        make("summary", {}, "Year, series, description"),
        words("year", "Year", { inputmode: "numeric", maxlength: 4 }),
        words("series", "Series"),
        words("series_part", "Place in the series"),
        words("description", "Description", { isLong: true }),
      ),
    ];
    const remove = makeButton("Remove this story…", { class: "plain", press: () => this.#remove() });
    const section = (title, ...inside) => make("section", {}, make("h2", {}, title), inside);
    this.host.append(
      make("div", { class: "title-page" }, this.#title, this.#fault),
      make(
        "div",
        { class: "details-page" },
        this.cover.element,
        make("div", { class: "details-fields" }, fields, this.formats.element),
        section("What is made", this.#files),
        section("Off the shelf", remove),
      ),
    );
  }

  #add(key, field) {
    this.#fields.set(key, field);
    return field.element;
  }

  /** Write one thing after the other: each is made on what the last one left; what else was chosen meanwhile stays. */
  #write(change) {
    this.#unwritten += 1;
    const write = async () => {
      // Of this story, though the page may have turned to another one meanwhile.
      await this.attempt(() => this.store.write((_, stated) => api.setDetails(this.name, stated), change));
      this.#unwritten -= 1;
      await this.refresh();
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  #remove() {
    const { file, details } = this.shown;
    removeStory(
      { name: this.name, file, title: details.title.value },
      {
        attempt: this.attempt,
        goes: (isGoing) => (this.isGoing = isGoing),
        gone: (words) => {
          // The page lets go of what was said when it turns to another view.
          window.addEventListener("hashchange", () => this.say(words), { once: true });
          location.hash = address("shelf");
        },
      },
    );
  }

  /** Show the files that come while the story is being made (the event `state`). */
  follow({ running, stories }) {
    // Captions and lists come last, when no file is counted any more.
    const standing = `${running} ${Object.keys(stories)} ${stories[this.name]?.files}`;
    if (standing === this.#standing) return;
    this.#standing = standing;
    this.followFiles();
  }

  async refresh() {
    // What waits to be written is newer than any answer, and asks again itself.  That the story's text is gone is
    // told to all pages, but no news to this one.
    if (!this.#unwritten && !this.isGoing && this.store.name === this.name) await this.attempt(() => this.show());
  }
}

/** Show the details of a story in `host`. */
export async function showDetails(host, shared) {
  const { events } = shared;
  const view = new DetailsView(host, shared);
  await view.show();
  const onState = ({ detail }) => view.follow(detail);
  const onShelf = () => view.followFiles();
  events.addEventListener("state", onState);
  events.addEventListener("shelf", onShelf);
  return {
    refresh: () => view.refresh(),
    leave() {
      view.cover.leave();
      events.removeEventListener("state", onState);
      events.removeEventListener("shelf", onShelf);
    },
  };
}
