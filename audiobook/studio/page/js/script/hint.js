// Who speaks and how we know, beside the pointer.  The panel says the same to who has none.

import { make } from "../dom.js";
import { speakerClass, speakerName } from "../speakers.js";
import { percent } from "../words.js";
import { tellDelivery } from "./delivery.js";
import { AWAITED } from "./model.js";

const DELAY_MS = 200;
const GAP = 8;

/** Return what is known of a line of somebody's, beside whose it is. */
function tell(line) {
  if (line.isAwaited) return [make("br"), AWAITED];
  const how = tellDelivery(line);
  const why = [` ${percent(line.confidence)} sure`, make("br"), line.evidence];
  return how ? [...why, make("br"), make("em", {}, how)] : why;
}

/** Show hints over the lines in `host`; `find(element)` returns the line and the script, or null. */
export function createHints(host, find) {
  const hint = make("div", { class: "hint card", "aria-hidden": "true", hidden: true });
  host.append(hint);
  let timer = 0;
  function hide() {
    clearTimeout(timer);
    hint.hidden = true;
  }
  function show(element) {
    const { line, script } = find(element) ?? {};
    if (!line || line.kind !== "speech") return;
    const name = make(
      "strong",
      { class: speakerClass(script.characters, line.speaker) },
      line.isAwaited ? "…" : speakerName(line.speaker),
    );
    hint.replaceChildren(name, ...tell(line));
    hint.hidden = false;
    const around = element.getClientRects()[0];
    const top = around.top - hint.offsetHeight - GAP;
    hint.style.top = `${top > 0 ? top : around.bottom + GAP}px`;
    hint.style.left = `${Math.max(GAP, Math.min(around.left, innerWidth - hint.offsetWidth - 2 * GAP))}px`;
  }
  host.addEventListener("pointerover", (event) => {
    const element = event.target.closest?.(".line");
    hide();
    if (element && event.pointerType === "mouse") timer = setTimeout(() => show(element), DELAY_MS);
  });
  host.addEventListener("pointerleave", hide);
  host.addEventListener("pointerdown", hide);
  const onKey = (event) => event.key === "Escape" && hide();
  document.addEventListener("keydown", onKey);
  document.addEventListener("scroll", hide, { passive: true });
  return function remove() {
    hide();
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("scroll", hide);
  };
}
