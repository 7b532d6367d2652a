// Elements are made here and nowhere else: text only ever becomes a text node, so that a story can hold
// any mark-up without the page running it.

/**
 * Make an element.  Attributes whose value is null, undefined or false are left out; `on` maps events to
 * listeners.  Children are nodes, or words.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set or remove attributes as `make` does. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === null || value === undefined || value === false) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

let named = 0;

/** Return an id that no element of the page has yet. */
export function newId(what) {
  named += 1;
  return `${what}-${named}`;
}

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  stop: "M6.5 6.5h11v11h-11z",
  back: "M16 5.5v13L8.5 12zM6.5 6h1.8v12H6.5z",
  forward: "M8 5.5v13l7.5-6.5zM15.7 6h1.8v12h-1.8z",
  paragraphBack: "M19 5.5v13L12 12zM12 5.5v13L5 12z",
  paragraphForward: "M5 5.5v13l7-6.5zM12 5.5v13l7-6.5z",
  mark: "M7 4h10v16l-5-4-5 4z",
  open: "M9 5.5 16 12l-7 6.500z",
  undo: "M9 5 4 9.500l5 4.500v-3h5.500a3.5 3.5 0 0 1 0 7H8v2h6.500a5.5 5.5 0 0 0 0-11H9z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.600L6.4 19 5 17.6 10.6 12 5 6.400z",
  grip: "M8 5h2.500v2.500H8zM13.5 5H16v2.500h-2.500zM8 10.750h2.500v2.500H8zM13.5 10.750H16v2.500h-2.500zM8 16.500h2.500V19H8zM13.5 16.500H16V19h-2.500z",
};

/** Draw a picture of `SHAPES`, for eyes only: the button around it carries the name. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  for (const [key, value] of [
    ["viewBox", "0 0 24 24"],
    ["class", "icon"],
    ["aria-hidden", "true"],
  ]) {
    picture.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  picture.append(path);
  return picture;
}

/** Make a button with a picture and a name; `isQuiet` hides the words from the eye alone. */
export function makeButton(words, { press, picture = null, isQuiet = false, ...attributes }) {
  const label = make("span", { class: isQuiet ? "unseen" : null }, words);
  const button = make("button", { type: "button", title: isQuiet ? words : null, ...attributes });
  button.append(...(picture ? [icon(picture), label] : [label]));
  button.addEventListener("click", press);
  return button;
}

/** Make a round button that shows a picture alone; `words` are its name. */
export function makeRound(words, picture, press) {
  return makeButton(words, { picture, isQuiet: true, class: "round", press });
}

/** Make a list of `[value, words]` to choose one of, with the listener of its changes. */
export function makeSelect(options, listen, attributes = {}) {
  const select = make("select", attributes);
  select.append(...options.map(([value, words]) => make("option", { value }, words)));
  select.addEventListener("change", () => listen(select.value));
  return select;
}

/** Put a label to a control, in a row or, with another class, as that has it. */
export function makeField(words, control, { layout = "field-row", around = control } = {}) {
  control.id ||= newId("field");
  return make("div", { class: layout }, make("label", { for: control.id }, words), around);
}
