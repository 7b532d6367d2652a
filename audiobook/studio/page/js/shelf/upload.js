// New stories: chosen from a dialog, or dropped anywhere on the shelf.

import { make } from "../dom.js";

/** Return the button that chooses files, and let `host` take dropped ones; `bring(file)` gets each in turn. */
export function makeUpload(host, bring) {
  async function bringAll(files) {
    for (const file of files) await bring(file);
  }
  const input = make("input", { type: "file", multiple: true, class: "unseen" });
  input.addEventListener("change", async () => {
    await bringAll([...input.files]);
    input.value = "";
  });
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  host.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    host.classList.add("is-open");
  });
  host.addEventListener("dragleave", (event) => {
    if (!host.contains(event.relatedTarget)) host.classList.remove("is-open");
  });
  host.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    host.classList.remove("is-open");
    bringAll([...event.dataTransfer.files]);
  });
  return make("label", { class: "plain button upload" }, input, "Add a story…");
}
