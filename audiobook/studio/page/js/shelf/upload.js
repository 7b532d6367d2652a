// Files for the page: chosen from a dialog, or dropped anywhere in the window while a view is open.

import { make } from "../dom.js";

/**
 * Let the page take dropped files, which marks `host` meanwhile; `bring(files)` gets them.  Returns the button
 * that chooses files, and `leave` to take no more.
 */
export function openUpload(host, bring, { words = "Add a story…", ...attributes } = { multiple: true }) {
  const input = make("input", { type: "file", class: "unseen", ...attributes });
  input.addEventListener("change", async () => {
    await bring([...input.files]);
    input.value = "";
  });
  const leaving = new AbortController();
  const listen = (kind, act) =>
    document.addEventListener(kind, (event) => holdsFiles(event) && act(event), { signal: leaving.signal });
  listen("dragover", (event) => {
    event.preventDefault();
    host.classList.add("is-open");
  });
  listen("dragleave", (event) => {
    if (event.relatedTarget === null) host.classList.remove("is-open");
  });
  listen("drop", (event) => {
    event.preventDefault();
    host.classList.remove("is-open");
    bring([...event.dataTransfer.files]);
  });
  const button = make("label", { class: "plain button upload" }, input, words);
  return { button, leave: () => leaving.abort() };
}

/** Tell whether files are dragged, and not words or a card. */
export function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
