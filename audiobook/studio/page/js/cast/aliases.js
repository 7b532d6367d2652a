// A character's other names: those that the text was found to have, and those that a person states.

import { icon, make, makeField } from "../dom.js";
import { speakerName } from "../speakers.js";

/** Names are compared as voices.yaml compares them (script/corrections.py, `fold_name`). */
const fold = (name) => name.replaceAll(".", "").replaceAll("’", "'").trim().toLowerCase();

/** Return all other names of a role (of api/…/cast), those first that are stated. */
export function namesOf({ stated, aliases }) {
  const own = stated.aliases ?? [];
  return [...own, ...aliases.filter((name) => !own.some((other) => fold(other) === fold(name)))];
}

/** Make the list of a role's other names, with a field for one more; `does.addAlias` and `does.removeAlias`. */
export function makeAliases(role, does) {
  const stated = role.stated.aliases ?? [];
  const items = namesOf(role).map((name) =>
    makeName(name, stated.includes(name) ? () => does.removeAlias(role, name) : null),
  );
  const list = items.length ? make("ul", { class: "names", "aria-label": "Other names" }, items) : null;
  return make("div", { class: "aliases" }, list, makeAdding(role, does.addAlias));
}

function makeName(name, remove) {
  if (!remove) return make("li", { title: "The text uses this name" }, name);
  const words = `Take the name ${name} away`;
  const button = make(
    "button",
    { type: "button", title: words, "aria-label": words, class: "away" },
    icon("close"),
  );
  button.addEventListener("click", remove);
  return make("li", { class: "is-stated", title: "Stated in voices.yaml" }, name, button);
}

function makeAdding(role, add) {
  const field = make("input", { type: "text", autocomplete: "off", maxlength: "100" });
  const form = make(
    "form",
    { class: "add" },
    makeField("Also called", field, { layout: "add-field" }),
    make(
      "button",
      { class: "plain", "aria-label": `Add another name of ${speakerName(role.name)}` },
      "Add",
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim().replace(/\s+/g, " ");
    field.value = "";
    if (name) add(role, name);
    field.focus();
  });
  return form;
}
