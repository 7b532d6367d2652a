// One story on the shelf.

import { coverAddress } from "../api.js";
import { make, makeButton } from "../dom.js";
import { shareOf } from "../make/progress.js";
import { canBeHeard, MAKE, standingOf } from "../make/standing.js";
import { address } from "../router.js";
import { count, lasting } from "../words.js";

const STATES = {
  made: "Made",
  stale: "Out of date",
  unmade: "Not made yet",
  unreadable: "Can’t be read",
  reading: "Being read …",
};
const WAITING = "Waits for voices.yaml";

/**
 * Make a story's place on the shelf: `{element, follow(state)}`.  `does` has start(name), leave(name) and
 * choose(name), which asks for chapters; and `trouble`, which the banner tells.
 */
export function makeBook(story, does) {
  const { name, title, author, state } = story;
  const isReadable = state !== "unreadable";
  const isInTrouble = story.error !== null && story.error === does.trouble;
  const isKnown = isReadable && state !== "reading";
  const heading = isReadable ? make("a", { href: address("script", name) }, title) : title;
  const making = makeMaking(story);
  const actions = makeActions(story, does);
  const element = make(
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
        make("span", { class: `state state-${state}` }, isInTrouble ? WAITING : nameState(story)),
        isKnown ? makeFacts(story) : null,
      ),
      story.error && !isInTrouble ? make("p", { class: "fault" }, story.error) : null,
      makeReasons(story),
      making.element,
      actions.element,
    ),
  );
  return {
    element,
    follow(run) {
      const standing = standingOf(name, run);
      making.follow(standing);
      actions.follow(standing);
    },
  };
}

function nameState({ state, chapters, chapters_made: made }) {
  if (state !== "part") return STATES[state];
  return chapters > 1 ? `${made} of ${count(chapters, "chapter")}` : "In part";
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

/** Make what tells how far the story's making is. */
function makeMaking({ title }) {
  const bar = make("progress", { max: 1, "aria-label": `Making of ${title}` });
  const words = make("p", { class: "facts" });
  const element = make("div", { class: "book-making", hidden: true }, bar, words);
  function follow({ counts, isQueued }) {
    element.hidden = counts === null && !isQueued;
    bar.hidden = counts === null;
    const share = counts && shareOf(counts);
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    words.textContent = counts ? tellCounts(counts) : "In the queue";
  }
  return { element, follow };
}

function tellCounts({ clips, clips_total: clipsTotal, files, files_total: filesTotal }) {
  if (!filesTotal) return "Its turn comes";
  if (filesTotal > 1) return `${files} of ${count(filesTotal, "file")} finished`;
  return `${clips} of ${count(clipsTotal, "line")} spoken`;
}

function makeActions(story, { start, leave, choose }) {
  const { name, title, state, chapters } = story;
  const link = (view, words) =>
    make("a", { class: "plain", href: address(view, name), "aria-label": `${words}: ${title}` }, words);
  const button = (words, press) =>
    makeButton(words, { class: "plain make", "aria-label": `${words}: ${title}`, press: () => press(name) });
  const details = link("details", "Details");
  if (state === "unreadable") return { element: make("div", { class: "row" }, details), follow() {} };
  const listen = link("listen", "Listen");
  const begin = MAKE[state] ? button(MAKE[state], start) : null;
  const some = begin && chapters > 1 ? button("Chapters…", choose) : null;
  const out = button("Take out of the queue", leave);
  function follow(standing) {
    listen.hidden = !canBeHeard(story, standing);
    out.hidden = !standing.isQueued;
    for (const each of [begin, some]) if (each) each.hidden = standing.isQueued || standing.counts !== null;
  }
  const row = [listen, link("script", "Script"), link("cast", "Cast"), details, begin, some, out];
  return { element: make("div", { class: "row" }, row), follow };
}
