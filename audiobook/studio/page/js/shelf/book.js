// One story on the shelf.

import { coverAddress } from "../api.js";
import { make, makeButton } from "../dom.js";
import { address } from "../router.js";
import { count, lasting } from "../words.js";

const STATES = {
  made: "Made",
  stale: "Out of date",
  unmade: "Not made yet",
  unreadable: "Can’t be read",
  reading: "Being read …",
};
const MAKE = { stale: "Make anew", unmade: "Make" };

/** Make a story's place on the shelf; `start([name])` makes its audiobook. */
export function makeBook(story, { start, isRunning }) {
  const { name, title, author, state } = story;
  const isReadable = state !== "unreadable";
  const isKnown = isReadable && state !== "reading";
  const heading = isReadable ? make("a", { href: address("script", name) }, title) : title;
  return make(
    "li",
    { class: "book", "data-name": name, "data-state": state },
    makeCover(story),
    make(
      "div",
      { class: "book-words" },
      make("h2", { lang: story.language }, heading),
      author ? make("p", { class: "author" }, author) : null,
      make(
        "p",
        { class: "facts" },
        make("span", { class: `state state-${state}` }, STATES[state]),
        isKnown ? makeFacts(story) : null,
      ),
      story.error ? make("p", { class: "fault" }, story.error) : null,
      makeReasons(story),
      isReadable ? makeActions(story, start, isRunning) : null,
    ),
  );
}

function makeFacts({ words, seconds, state }) {
  const length = seconds ? `${state === "made" ? "" : "about "}${lasting(seconds)}` : "";
  return make("span", {}, [length, count(words, "word")].filter(Boolean).join(", "));
}

function makeCover({ name, title, cover, state }) {
  // The words of the title follow; the picture adds nothing to them for the ear.
  if (cover) return make("img", { class: "cover", src: coverAddress(name), alt: "", loading: "lazy" });
  const letter = state === "unreadable" ? "?" : title.slice(0, 1);
  return make("div", { class: "cover cover-blank", "aria-hidden": "true" }, letter);
}

function makeReasons({ state, reasons }) {
  if (state !== "stale" || !reasons?.length) return null;
  const items = reasons.map((reason) => make("li", {}, reason));
  return make(
    "details",
    { class: "reasons" },
    make("summary", {}, "What has changed"),
    make("ul", {}, items),
  );
}

function makeActions({ name, title, state }, start, isRunning) {
  const link = (view, words) =>
    make("a", { class: "plain", href: address(view, name), "aria-label": `${words}: ${title}` }, words);
  const listen = state === "made" || state === "stale" ? link("listen", "Listen") : null;
  const button = MAKE[state]
    ? makeButton(MAKE[state], {
        class: "plain make",
        disabled: isRunning,
        "aria-label": `${MAKE[state]}: ${title}`,
        press: () => start([name]),
      })
    : null;
  return make("div", { class: "row" }, listen, link("script", "Script"), link("cast", "Cast"), button);
}
