// The script of a story: read it, hear any line, give a line to its real speaker.

import { api, lineAddress } from "../api.js";
import { make } from "../dom.js";
import { createSound } from "../sound.js";
import { speakerName } from "../speakers.js";
import { createHints } from "./hint.js";
import { setParagraph } from "./lines.js";
import { arrange, findUnsure } from "./model.js";
import { makePanel } from "./panel.js";
import { createScroll } from "./scroll.js";
import { makeHead, makeLegend, rememberLayout } from "./tools.js";

/** Show a story's script in `host`. */
export async function showScript(host, { name, store, say, attempt }) {
  let script = await store.script();
  let model = arrange(script);
  let layout = rememberLayout();
  let scroll = null;
  let chosen = null;

  const sound = createSound((words) => say(words, { isError: true }));
  const panel = makePanel({ hear, correct, close });
  const text = make("div", { class: "text", lang: script.language, role: "group", "aria-label": "The script, line by line" });
  const legend = make("div");
  const head = makeHead({ turnTo: setLayout, goToChapter, goToUnsure });
  host.append(head.element, make("div", { class: "columns" }, text, make("aside", { class: "side" }, panel.element, legend)));
  const removeHints = createHints(host, (element) => ({ line: model.lines[Number(element.dataset.id)], script }));

  function setText() {
    scroll?.remove();
    text.className = `text text-${layout}`;
    scroll = createScroll(text, model.blocks, (block) => block.paragraphs.flatMap((each) => setParagraph(each, layout, script)));
    head.show(script, model, layout);
    legend.replaceChildren(makeLegend(script, model));
    if (!chosen) panel.hide();
  }
  function elementOf(line) {
    scroll.reveal(line.block);
    return text.querySelector(`[data-id="${line.id}"]`);
  }
  /** Set everything anew without moving what the reader looks at. */
  function setAgain() {
    const before = chosen ? elementOf(chosen)?.getBoundingClientRect().top : null;
    const hadFocus = text.contains(document.activeElement);
    setText();
    chosen = chosen ? (model.lines[chosen.id] ?? null) : null;
    if (!chosen) return;
    choose(chosen, { hasFocus: hadFocus, isSilent: true });
    const after = elementOf(chosen).getBoundingClientRect().top;
    if (before !== null) window.scrollBy({ top: after - before, behavior: "instant" });
  }
  function choose(line, { hasFocus = true, isSilent = false } = {}) {
    text.querySelector(".is-chosen")?.classList.remove("is-chosen");
    text.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    chosen = line;
    const element = elementOf(line);
    element.classList.add("is-chosen");
    element.tabIndex = 0;
    if (hasFocus) element.focus({ preventScroll: true });
    if (!isSilent) element.scrollIntoView({ block: isNear(element) ? "nearest" : "center" });
    panel.show(line, script);
  }
  function close() {
    const line = chosen;
    chosen = null;
    panel.hide();
    text.querySelector(".is-chosen")?.classList.remove("is-chosen");
    if (line) elementOf(line)?.focus({ preventScroll: true });
  }
  function hear(line) {
    const element = elementOf(line);
    element.classList.add("is-sounding");
    return sound.play(lineAddress(name, line.id), () => element.classList.remove("is-sounding"));
  }
  async function correct(line, speaker) {
    const isDone = await attempt(() => store.write(api.correct, { quotation: line.quotation, speaker }));
    await refresh();
    if (isDone) say(`The line is ${speakerName(speaker)}’s now, and voices.yaml says so.`);
  }
  async function refresh() {
    await attempt(async () => {
      script = await store.script();
      model = arrange(script);
      setAgain();
    });
  }
  function setLayout(wanted) {
    layout = rememberLayout(wanted);
    setAgain();
  }
  function goToChapter(number) {
    const place = model.blocks.findIndex((block) => block.paragraphs.some(({ chapter }) => chapter?.number === number));
    scroll.reveal(place);
    text.children[place]?.scrollIntoView({ block: "start" });
  }
  function goToUnsure(step) {
    const line = findUnsure(model.unsure, chosen?.id ?? (step > 0 ? -1 : Infinity), step);
    if (!line) {
      say("No line of this story is unsure.");
      return;
    }
    choose(line);
    head.showPlace(model.unsure.indexOf(line), model.unsure.length);
  }
  function lineAt(event) {
    const element = event.target.closest?.(".line");
    return element ? model.lines[Number(element.dataset.id)] : null;
  }
  function press(line) {
    if (sound.isPlaying && chosen === line) sound.stop();
    else hear(line);
    choose(line, { isSilent: true });
  }
  text.addEventListener("click", (event) => {
    const line = lineAt(event);
    if (line && getSelection().isCollapsed) press(line);
  });
  text.addEventListener("keydown", (event) => {
    const line = lineAt(event);
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    if (event.key === "Enter" || event.key === " ") press(line);
    else if (event.key in steps) choose(model.lines[line.id + steps[event.key]] ?? line);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });

  setText();
  if (model.lines.length) elementOf(model.lines[0]).tabIndex = 0;
  return {
    refresh,
    leave() {
      scroll.remove();
      sound.remove();
      removeHints();
    },
    keys: [
      { key: "n", shown: "n", words: "Next unsure line", run: () => goToUnsure(1) },
      { key: "p", shown: "p", words: "Previous unsure line", run: () => goToUnsure(-1) },
      { key: " ", shown: "Space", words: "Hear the chosen line, or stop", run: () => chosen && press(chosen) },
      { key: "c", shown: "c", words: "Choose the line’s speaker", run: () => panel.choose() },
      { key: "Escape", shown: "Esc", words: "Let go of the line", run: close },
    ],
  };
}

function isNear(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top > 120 && bottom < innerHeight - 120;
}
