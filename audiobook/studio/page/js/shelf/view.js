// The shelf: every story with its cover and state, making them, and bringing new ones.

import { api } from "../api.js";
import { make, makeButton } from "../dom.js";
import { count, lasting } from "../words.js";
import { makeBook } from "./book.js";
import { makeProgress } from "./progress.js";
import { makeUpload } from "./upload.js";

/** Show the shelf in `host`. */
export async function showShelf(host, { say, attempt, events }) {
  const about = make("p", { class: "lead" });
  const progress = makeProgress({ stop: () => attempt(api.stop) });
  const books = make("ul", { class: "books" });
  const makeAll = makeButton("Make all", { class: "strong", press: () => start([]) });
  const shown = new Map();
  let isRunning = false;

  const start = (stories) => attempt(() => api.make(stories));
  /** Keep what has not changed: its cover would flicker, and whoever has the focus there lose it. */
  function showBook(story) {
    const told = JSON.stringify([story, isRunning]);
    if (shown.get(story.name)?.told !== told) shown.set(story.name, { told, element: makeBook(story, { start, isRunning }) });
    return shown.get(story.name).element;
  }
  const refresh = oneAtATime(async () => {
    const shelf = await api.shelf();
    about.textContent = describe(shelf);
    const focused = document.activeElement?.closest("[data-name]")?.dataset.name;
    books.replaceChildren(...shelf.stories.map(showBook));
    if (focused) books.querySelector(`[data-name="${CSS.escape(focused)}"] a`)?.focus();
    makeAll.hidden = !shelf.stories.some(({ state }) => state === "stale" || state === "unmade");
  });
  function follow({ detail }) {
    const hasChanged = isRunning !== detail.running;
    isRunning = detail.running;
    progress.show(detail);
    makeAll.disabled = isRunning;
    if (hasChanged) attempt(refresh);
  }

  const upload = makeUpload(host, async (file) => {
    const isDone = await attempt(() => api.upload(file));
    if (isDone) say(`${file.name} is on the shelf.`);
    if (isDone) await attempt(refresh);
  });
  const head = make("div", { class: "shelf-head" }, make("div", {}, make("h1", {}, "The shelf"), about), make("div", { class: "row" }, upload, makeAll));
  host.append(head, progress.element, books);
  await refresh();
  const onShelf = () => attempt(refresh);
  events.addEventListener("state", follow);
  events.addEventListener("shelf", onShelf);
  if (events.last.state?.running) follow({ detail: events.last.state });
  return {
    refresh,
    leave() {
      events.removeEventListener("state", follow);
      events.removeEventListener("shelf", onShelf);
    },
  };
}

/** Return a function that acts, and once more where it was asked to meanwhile, however often. */
function oneAtATime(act) {
  let [now, isAskedAgain] = [null, false];
  return function ask() {
    isAskedAgain = now !== null;
    now ??= act().finally(() => {
      now = null;
      return isAskedAgain ? ask() : undefined;
    });
    return now;
  };
}

function describe({ stories, folder }) {
  if (stories.length === 0) return `No stories in ${folder} yet. Drop a text or an EPUB here.`;
  const seconds = stories.reduce((sum, story) => sum + (story.seconds ?? 0), 0);
  return `${count(stories.length, "story", "stories")} in ${folder}, ${lasting(seconds)} to hear`;
}
