// Keys that work anywhere in a view, and the list of them that `?` shows.

import { make, makeButton } from "./dom.js";

const TYPED =
  "input:not([type=range], [type=radio], [type=checkbox], [type=button]), textarea, [contenteditable]";
const MOVED = "input, select, [role=slider], [role=menu]";
const PRESSED = "button, a[href], summary, select, input, [role=button]";
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Tell whether the element under the focus wants this key for itself. */
function isTaken(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.matches(TYPED)) return true;
  if (ARROWS.has(event.key)) return target.matches(MOVED);
  return event.key === " " ? target.matches(PRESSED) : event.key.length === 1 && target.matches("select");
}

function nameOf(event) {
  if (event.ctrlKey || event.metaKey) return `Ctrl-${event.key.toLowerCase()}`;
  return event.altKey ? null : event.key;
}

/** Listen for keys; `use(bindings)` says for which, each `{key, shown, words, run}`, beside `?`. */
export function createKeys(dialog) {
  let own = [];
  const all = () => [...own, { key: "?", shown: "?", words: "Show the keys", run: show }];
  function show() {
    const rows = all().map(({ shown, words }) =>
      make("div", {}, make("dt", {}, make("kbd", {}, shown)), make("dd", {}, words)),
    );
    const close = makeButton("Close", { class: "plain", press: () => dialog.close() });
    dialog.replaceChildren(
      make("h2", { id: "keys-title" }, "Keys"),
      make("dl", { class: "keys" }, rows),
      close,
    );
    if (!dialog.open) dialog.showModal();
  }
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    if (name === null || document.querySelector("dialog[open]") || isTaken(event)) return;
    const binding = all().find(({ key }) => key === name);
    if (!binding) return;
    event.preventDefault();
    binding.run(event);
  });
  return { use: (bindings) => (own = bindings), show };
}
