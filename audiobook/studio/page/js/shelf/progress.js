// How the making goes.

import { make, makeButton } from "../dom.js";
import { count, lasting } from "../words.js";

/** Return `{element, show(state)}`; `state` is the event of that name. */
export function makeProgress({ stop }) {
  const words = make("p", { id: "making", role: "status" });
  const numbers = make("p", { class: "facts" });
  const bar = make("progress", { "aria-labelledby": "making", max: 1 });
  const button = makeButton("Stop", { class: "plain", picture: "stop", press: stop });
  const element = make(
    "section",
    { class: "making card", "aria-label": "Making", hidden: true },
    make("div", {}, words, bar, numbers),
    button,
  );
  let said = "";
  function show(state) {
    element.hidden = !state.running && !state.message;
    element.classList.toggle("is-running", state.running);
    button.hidden = bar.hidden = numbers.hidden = !state.running;
    const now = state.message || (state.story ? `Making ${state.story}` : "Making");
    if (now !== said) words.textContent = said = now; // else a screen reader would repeat it each second
    const done = share(state);
    if (done === null) bar.removeAttribute("value");
    else bar.value = done;
    numbers.textContent = describe(state);
  }
  return { element, show };
}

function share({ clips, clips_total: clipsTotal, files, files_total: filesTotal }) {
  const total = (clipsTotal ?? 0) + (filesTotal ?? 0);
  return total ? ((clips ?? 0) + (files ?? 0)) / total : null;
}

function describe({ clips, clips_total: clipsTotal, files, files_total: filesTotal, left_s: leftS }) {
  const parts = [];
  if (clipsTotal) parts.push(`${clips} of ${count(clipsTotal, "line")} spoken`);
  if (filesTotal) parts.push(`${files} of ${count(filesTotal, "file")} finished`);
  if (leftS !== null && leftS !== undefined) parts.push(`${lasting(leftS)} left`);
  return parts.join(", ");
}
