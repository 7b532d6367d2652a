// Some chapters of a story: chosen in a dialog, and made before the others.

import { api } from "../api.js";
import { make, makeButton, newId } from "../dom.js";
import { count, lasting, nameChapter } from "../words.js";

const STATES = { made: "made", stale: "out of date", unmade: "" };

/** Ask which chapters of a story are to be made, and make them; `attempt` is the page's. */
export async function chooseChapters(name, attempt) {
  let standing = null;
  const isRead = await attempt(async () => (standing = await api.chapters(name)));
  if (isRead) openDialog(standing, (chapters) => attempt(() => api.make([name], chapters)));
}

function openDialog({ title, language, chapters }, start) {
  const id = newId("chapters");
  const boxes = chapters.map(makeBox);
  const begin = makeButton("", { class: "strong", press: () => (start(chosen()), dialog.close()) });
  const pick = (isWanted) => {
    for (const { input, state } of boxes) input.checked = isWanted(state);
    show();
  };
  const dialog = make(
    "dialog",
    { class: "card chapters", "aria-labelledby": id },
    make("h2", { id, lang: language }, title),
    make(
      "div",
      { class: "row" },
      makeButton("All that are missing", { class: "plain", press: () => pick((state) => state !== "made") }),
      makeButton("None", { class: "plain", press: () => pick(() => false) }),
    ),
    make("ul", { class: "chapter-list" }, boxes.map(({ element }) => element)),
    make(
      "div",
      { class: "row" },
      begin,
      makeButton("Close", { class: "plain", press: () => dialog.close() }),
    ),
  );
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ number }) => number);
  function show() {
    const wanted = chosen().length;
    begin.disabled = wanted === 0;
    begin.firstChild.textContent = wanted ? `Make ${count(wanted, "chapter")}` : "Make";
  }
  let last = null;
  dialog.addEventListener("click", (event) => {
    const place = boxes.findIndex(({ input }) => input === event.target);
    if (place < 0) return;
    // As in any list of the system: with Shift all from the last one to this one.
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      for (const { input } of boxes.slice(from, to + 1)) input.checked = boxes[place].input.checked;
    }
    last = place;
    show();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  show();
  dialog.showModal();
}

function makeBox({ number, title, seconds, state }) {
  const input = make("input", { type: "checkbox" });
  const facts = [lasting(seconds), STATES[state]].filter(Boolean).join(", ");
  const words = make("span", {}, nameChapter({ number, title }));
  const element = make("li", {}, make("label", {}, input, words, make("span", { class: "facts" }, facts)));
  return { number, state, input, element };
}
