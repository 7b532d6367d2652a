// Two characters who are one: by dropping a card on another, or from a list.

import { icon, make, newId } from "../dom.js";
import { speakerName } from "../speakers.js";

const TYPE = "application/x-narrate-character";

/** Make the handle by which a card is dragged.  It is for pointers; the list does the same by keyboard. */
export function makeGrip(name) {
  const grip = make(
    "span",
    {
      class: "grip",
      draggable: "true",
      title: `Drag ${speakerName(name)} onto another card to make them one`,
      "aria-hidden": "true",
    },
    icon("grip"),
  );
  grip.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData(TYPE, name);
    event.dataTransfer.effectAllowed = "move";
    const card = grip.closest("li");
    event.dataTransfer.setDragImage(card, card.offsetWidth - 30, 30);
    card.classList.add("is-dragged");
  });
  grip.addEventListener("dragend", () => grip.closest("li")?.classList.remove("is-dragged"));
  return grip;
}

/** Make the list that says with whom a character is one; nothing where there is nobody else. */
export function makeMergeChoice(name, names, merge) {
  const others = names.filter((other) => other !== name);
  if (others.length === 0) return null;
  const id = newId("merge");
  const select = make(
    "select",
    { id },
    make("option", { value: "" }, "nobody"),
    others.map((other) => make("option", { value: other }, speakerName(other))),
  );
  const button = make("button", { type: "button", class: "plain", hidden: true }, "Merge");
  select.addEventListener("change", () => (button.hidden = !select.value));
  button.addEventListener("click", () => merge(name, select.value));
  return make("div", { class: "merge" }, make("label", { for: id }, "The same as"), select, button);
}

/** Let the cards in `host` take each other; `merge(character, into)` is called when one is dropped. */
export function takeDrops(host, merge) {
  const cardUnder = (event) => {
    const card = event.target.closest?.("li[data-merges]");
    return card && event.dataTransfer.types.includes(TYPE) && !card.classList.contains("is-dragged")
      ? card
      : null;
  };
  const leave = () => host.querySelector(".is-target")?.classList.remove("is-target");
  host.addEventListener("dragover", (event) => {
    const card = cardUnder(event);
    if (!card?.classList.contains("is-target")) leave();
    if (!card) return;
    event.preventDefault();
    card.classList.add("is-target");
  });
  host.addEventListener("dragleave", (event) => {
    if (!host.contains(event.relatedTarget)) leave();
  });
  host.addEventListener("drop", (event) => {
    const card = cardUnder(event);
    leave();
    if (!card) return;
    event.preventDefault();
    merge(event.dataTransfer.getData(TYPE), card.dataset.name);
  });
}
