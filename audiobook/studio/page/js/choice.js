// Lists whose choice is written at once: by pointer when it is picked, by keyboard when Enter is pressed.

import { make } from "./dom.js";

const OPENING = new Set([" ", "F4"]);
/** On a Mac an arrow opens the list, where elsewhere it moves in it. */
const ARROWS_OPEN = /Mac/.test(navigator.platform);
const MOVING = new Set(["Home", "End", "PageUp", "PageDown"]);

/**
 * Call `commit(value)` when a person has chosen in a `select`.  With its list closed, arrows and letters only
 * move: Enter commits, Escape and going elsewhere put it back.  Returns a line that says so meanwhile.
 */
export function takeChoice(select, commit) {
  const hint = make("p", { class: "facts choice-hint", role: "status" });
  let [settled, isMoving, isOpen] = [select.value, false, false];

  function settle() {
    [settled, isMoving] = [select.value, false];
    hint.textContent = "";
  }
  function putBack() {
    if (!isMoving) return;
    select.value = settled;
    settle();
  }
  function take() {
    settle();
    commit(select.value);
  }
  select.addEventListener("pointerdown", () => (isOpen = true));
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isMoving) {
      event.preventDefault();
      take();
    } else if (event.key === "Escape" && isMoving) {
      event.stopPropagation();
      putBack();
    } else {
      isOpen = OPENING.has(event.key) || ((event.altKey || ARROWS_OPEN) && event.key.startsWith("Arrow"));
      isMoving ||= !isOpen && (event.key.startsWith("Arrow") || event.key.length === 1 || MOVING.has(event.key));
    }
  });
  select.addEventListener("change", () => {
    if (select.value === settled) {
      settle();
    } else if (isMoving && !isOpen) {
      hint.textContent = `Enter takes ${select.selectedOptions[0].textContent}, Esc leaves it as it was.`;
    } else {
      isOpen = false;
      take();
    }
  });
  select.addEventListener("blur", putBack);
  return hint;
}

