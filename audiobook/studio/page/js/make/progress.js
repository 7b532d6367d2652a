// How the making goes: a strip that every page shows beneath its head.

import { make, makeButton } from "../dom.js";
import { capital, count, lasting } from "../words.js";

/** Return `{element, show(state), clear()}`; `state` is the event of that name. */
export function makeProgress({ stop }) {
  const words = make("p", { id: "making", role: "status" });
  const numbers = make("p", { class: "facts" });
  const bar = make("progress", { "aria-labelledby": "making", max: 1 });
  const button = makeButton("Stop", { class: "plain", picture: "stop", press: stop });
  const shut = makeButton("Close", { class: "round", picture: "close", isQuiet: true, press: clear });
  const element = make(
    "section",
    { class: "making card", "aria-label": "Making", hidden: true },
    make("div", {}, words, bar, numbers),
    button,
    shut,
  );
  let said = "";

  function show(state) {
    element.hidden = !state.running && !state.message;
    element.classList.toggle("is-running", state.running);
    button.hidden = bar.hidden = numbers.hidden = !state.running;
    shut.hidden = state.running;
    const now = tell(state);
    if (now !== said) words.textContent = said = now; // else a screen reader would repeat it each second
    const done = shareOf(state);
    if (done === null) bar.removeAttribute("value");
    else bar.value = done;
    numbers.textContent = describe(state);
  }
  /** Let go of what was said of a run that has ended. */
  function clear() {
    if (!element.classList.contains("is-running")) element.hidden = true;
  }
  return { element, show, clear };
}

function tell({ message, waiting, story }) {
  if (waiting) return `${capital(waiting)}.`;
  return message || (story ? `Making ${story}` : "Making");
}

/** Return how much is done of what a run (or one story of it) counts, 0 to 1; null where nothing is counted. */
export function shareOf({ clips, clips_total: clipsTotal, files, files_total: filesTotal }) {
  const total = (clipsTotal ?? 0) + (filesTotal ?? 0);
  return total ? ((clips ?? 0) + (files ?? 0)) / total : null;
}

function describe({ clips, clips_total: clipsTotal, files, files_total: filesTotal, left_s: leftS, queue }) {
  const parts = [];
  if (clipsTotal) parts.push(`${clips} of ${count(clipsTotal, "line")} spoken`);
  if (filesTotal) parts.push(`${files} of ${count(filesTotal, "file")} finished`);
  if (leftS !== null && leftS !== undefined) parts.push(`${lasting(leftS)} left`);
  if (queue.length) parts.push(`then ${count(queue.length, "more story", "more stories")}`);
  return parts.join(", ");
}
