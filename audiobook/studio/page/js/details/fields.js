// What a story is called and the like: fields whose words are written when they are left, or Enter is pressed.

import { make, makeButton, makeField, makeSelect } from "../dom.js";
import { takeChoice } from "../choice.js";

const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });

/**
 * Make a field for words: `{element, take(detail)}`; `write(value)` is called with the words, or null where
 * nothing is to be stated any more.
 */
export function makeWords(label, write, { isLong = false, ...attributes } = {}) {
  const input = make(isLong ? "textarea" : "input", isLong ? { rows: 4 } : { type: "text", ...attributes });
  let settled = { value: "", stated: false };
  input.addEventListener("change", () => {
    const words = input.value.trim().replace(/\s+/g, " ");
    if (words === settled.value) input.value = settled.value;
    else if (words || settled.stated) write(words || null);
    else input.value = settled.value;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = settled.value;
  });
  const stated = makeStated(write);
  return {
    element: surround(label, input, stated.element),
    take(detail) {
      // What is being typed stays.
      const isTyped = document.activeElement === input && input.value !== settled.value;
      settled = detail;
      if (!isTyped) input.value = detail.value;
      stated.show(detail.stated);
    },
  };
}

/** Make the choice of a language of `tags`: `{element, take(detail)}`; `write` as for words. */
export function makeLanguage(tags, write) {
  const host = make("div", { class: "field" });
  let shown = null;
  return {
    element: host,
    take(detail) {
      const told = JSON.stringify(detail);
      if (told === shown) return;
      shown = told;
      const hadFocus = host.contains(document.activeElement);
      const select = makeSelect(listLanguages(tags, detail), () => {});
      select.value = detail.stated ? detail.value : "";
      const hint = takeChoice(select, (value) => write(value || null));
      const stated = makeStated(write);
      stated.show(detail.stated);
      host.replaceChildren(...surround("Language", select, hint, stated.element).childNodes);
      if (hadFocus) select.focus();
    },
  };
}

function listLanguages(tags, { value, stated }) {
  const known = new Set([...tags, ...(stated ? [value] : [])]);
  const named = [...known].map((tag) => [tag, nameLanguage(tag)]);
  named.sort(([, one], [, other]) => one.localeCompare(other, "en"));
  return [["", stated || !value ? "As the text tells" : `${nameLanguage(value)}, as the text tells`], ...named];
}

function nameLanguage(tag) {
  try {
    return LANGUAGES.of(tag);
  } catch {
    return tag; // of the shape of a tag, but no language's
  }
}

function makeStated(write) {
  const element = make(
    "p",
    { class: "facts stated", hidden: true },
    "Stated in voices.yaml. ",
    makeButton("As the file has it", { class: "link", press: () => write(null) }),
  );
  return { element, show: (isStated) => (element.hidden = !isStated) };
}

function surround(label, control, ...below) {
  const field = makeField(label, control, { layout: "field" });
  field.append(...below);
  return field;
}
