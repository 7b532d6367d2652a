// The page as a whole: which view is shown, and what all views share.

import { api } from "./api.js";
import { make, makeButton } from "./dom.js";
import { makeBanner } from "./banner.js";
import { openEvents } from "./events.js";
import { createKeys } from "./keys.js";
import { createNotices } from "./notices.js";
import { address, readAddress, VIEWS } from "./router.js";
import { Store } from "./store.js";
import { capital } from "./words.js";
import { showCast } from "./cast/view.js";
import { showDetails } from "./details/view.js";
import { showListen } from "./listen.js";
import { makeProgress } from "./make/progress.js";
import { StoryButton } from "./make/story-button.js";
import { showPronunciations } from "./pronunciations/view.js";
import { showReview } from "./review/view.js";
import { showScript } from "./script/view.js";
import { holdsFiles } from "./shelf/upload.js";
import { showShelf } from "./shelf/view.js";

const SHOW = {
  shelf: showShelf,
  script: showScript,
  cast: showCast,
  pronunciations: showPronunciations,
  listen: showListen,
  review: showReview,
  details: showDetails,
};

/** The views that change voices.yaml, and so have something to undo. */
const WRITING = ["script", "cast", "pronunciations", "review", "details"];

const main = document.getElementById("main");
const views = document.getElementById("views");
const say = createNotices(document.getElementById("notices"));
const store = new Store();
const events = openEvents();
const undoButton = makeButton("Undo", { picture: "undo", class: "plain undo-button", press: undo });
const keys = createKeys(document.getElementById("keys"));
const undoKey = { key: "Ctrl-z", shown: "Ctrl Z", words: "Undo the last change to voices.yaml", run: undo };

const banner = makeBanner();
const progress = makeProgress({ stop: () => attempt(api.stop) });
const storyButton = new StoryButton(attempt);

let current = { leave() {} };
let turn = 0;
let wasRunning = false;
let hadTrouble = false;

/** Report what went wrong in doing what a person asked for; returns whether it went well. */
async function attempt(act) {
  try {
    await act();
    return true;
  } catch (error) {
    // What the banner says need not be said twice.
    if (!isGone(error) && error.message !== events.last.trouble?.message) say(error.message, { isError: true });
    return false;
  }
}

/** Tell whether nothing answered at all. */
function isGone(error) {
  return error.status === 0;
}

async function undo() {
  if (undoButton.disabled) return;
  await attempt(async () => {
    const undone = await store.undo();
    say(`Undone: ${undone}`);
  });
  await current.refresh?.();
}

function showViews({ view, name }) {
  views.hidden = view === "shelf";
  undoButton.hidden = !WRITING.includes(view);
  views.replaceChildren(
    make("a", { href: address("shelf") }, "Shelf"),
    ...VIEWS.map((each) =>
      make("a", { href: address(each, name), "aria-current": each === view ? "page" : null }, capital(each)),
    ),
  );
}

async function follow({ isFirst = false } = {}) {
  const place = readAddress(location.hash);
  const mine = ++turn;
  current.leave();
  current = { leave() {} };
  say.hide();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  keys.use([]);
  store.open(place.name);
  showViews(place);
  progress.clear();
  storyButton.open(place.name);
  main.setAttribute("aria-busy", "true");
  const host = make("div", { class: `view view-${place.view}` });
  main.replaceChildren(host);
  const use = (bindings) => {
    if (mine === turn) keys.use([...bindings, ...(WRITING.includes(place.view) ? [undoKey] : [])]);
  };
  const shared = { name: place.name, store, events, say, attempt, use };
  try {
    const shown = await SHOW[place.view](host, shared);
    if (mine !== turn) {
      shown.leave();
      return;
    }
    current = shown;
    use(shown.keys ?? []);
  } catch (error) {
    if (mine !== turn) return;
    // Once what is wrong is mended, all is shown.
    current = { leave() {}, refresh: () => follow({ isFirst: true }) };
    const why = make("p", { class: "fault" }, error.message);
    host.replaceChildren(make("div", { class: "title-page" }, make("h1", {}, "This can’t be shown"), why));
  }
  main.removeAttribute("aria-busy");
  const title = host.querySelector("h1")?.textContent;
  document.title = place.view === "shelf" || !title ? "narrate studio" : `${title} – ${capital(place.view)}`;
  // Who comes by keyboard or ear starts at the top of the new view.
  if (!isFirst) main.focus({ preventScroll: true });
  if (!isFirst) window.scrollTo(0, 0);
}

events.addEventListener("state", ({ detail }) => {
  // What became of a run before this page was opened is no news.
  if (detail.running || wasRunning) progress.show(detail);
  if (wasRunning !== detail.running) storyButton.refresh();
  wasRunning = detail.running;
  storyButton.follow(detail);
});
events.addEventListener("shelf", () => storyButton.refresh());
store.watchUndo = (can) => (undoButton.disabled = !can);
events.addEventListener("trouble", async ({ detail }) => {
  banner.tellTrouble(detail.message);
  if (!detail.message && hadTrouble) await refreshAll();
  hadTrouble = detail.message !== "";
});
events.addEventListener("gone", () => banner.tellGone(true));
events.addEventListener("back", async () => {
  banner.tellGone(false);
  await refreshAll();
});

/** Ask anew for all that is shown. */
async function refreshAll() {
  store.forget();
  storyButton.refresh();
  await current.refresh?.();
}

events.addEventListener("settings", async ({ detail }) => {
  await store.settled();
  if (detail?.revision === store.revision || store.revision === null) return;
  store.forget();
  say("voices.yaml was changed; the page shows it as it is now.");
  await current.refresh?.();
});
events.addEventListener("text", async ({ detail }) => {
  await store.settled();
  if (detail.name !== store.name) return;
  const { edition } = store;
  store.forget();
  await current.refresh?.();
  if (store.edition !== edition) say("The story’s text was changed; the page shows it as it is now.");
});
events.addEventListener("voices", async () => {
  await store.settled();
  store.forgetVoices();
  if (store.revision === null) return;
  say("A voice was installed or removed; the page shows who speaks now.");
  await current.refresh?.();
});
// The story was read with its latest corrections; more may come of them than was foreseen.
events.addEventListener("script", async ({ detail }) => {
  await store.settled();
  if (!store.shows(detail)) return;
  if (!detail.changed) {
    current.settle?.();
    return;
  }
  store.forget();
  await current.refresh?.();
});
events.addEventListener("note", ({ detail }) => say(typeof detail === "string" ? detail : detail.message));

// A file that is dropped where none is taken would be opened in the place of the page.
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, (event) => {
    if (event.defaultPrevented || !holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
undoButton.disabled = true;
document.querySelector(".masthead").after(banner.element, progress.element);
document
  .getElementById("tools")
  .append(
    storyButton.element,
    undoButton,
    makeButton("Keys", { class: "plain keys-button", press: keys.show }),
  );
window.addEventListener("hashchange", () => follow());
follow({ isFirst: true });
