// The script of a story: read it, hear any line, give a line to its real speaker.

import { api, lineAddress } from "../api.js";
import { make, setAttributes } from "../dom.js";
import { createSound } from "../sound.js";
import { NARRATOR, speakerName } from "../speakers.js";
import { createHints } from "./hint.js";
import { setParagraph } from "./lines.js";
import { arrange, findAgain, findCompany, findMoved, findUnsure, wordsOf } from "./model.js";
import { makePanel } from "./panel.js";
import { createScroll, scrollTo } from "./scroll.js";
import { Head, makeLegend, rememberLayout } from "./tools.js";

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Shows a story's script in `host`; one line of it may be `chosen`. */
class ScriptView {
  constructor(host, { name, store, say, attempt }, script) {
    Object.assign(this, { name, store, say, attempt, chosen: null, edited: null, layout: rememberLayout(), scroll: null });
    this.awaited = new Set();
    this.#take(script);
    this.correcting = Promise.resolve();
    this.sound = createSound((words) => say(words, { isError: true }));
    this.panel = makePanel({
      hear: (line) => this.hear(line),
      correct: (line, speaker) => this.correct(line, speaker),
      close: () => this.close(),
      tell: (line) => api.spoken(this.name, line.id, this.script.edition),
    });
    this.head = new Head({
      turnTo: (layout) => this.turnTo(layout),
      goToChapter: (place) => this.goToChapter(place),
      goToUnsure: (step) => this.goToUnsure(step),
    });
    this.text = make("div", {
      lang: script.language,
      role: "group",
      "aria-label": "The script, line by line",
    });
    this.legend = make("div");
    const side = make(
      "aside",
      { class: "side", "aria-label": "About the lines" },
      this.panel.element,
      this.legend,
    );
    this.sizes = watchScrolling(side);
    host.append(this.head.element, make("div", { class: "columns" }, this.text, side));
    this.removeHints = createHints(host, (element) => ({ line: this.#lineOf(element), script: this.script }));
    this.text.addEventListener("click", (event) => this.#onClick(event));
    this.text.addEventListener("keydown", (event) => this.#onKey(event));
    this.#set();
  }

  #take(script) {
    const isEdited = this.script !== undefined && this.script.edition !== script.edition;
    if (!script.pending || isEdited) this.awaited.clear();
    if (isEdited) this.edited ??= this.model.lines;
    this.script = script;
    this.model = arrange(script, this.awaited);
  }

  #lineOf(element) {
    const line = element.closest?.(".line");
    return line ? this.model.lines[Number(line.dataset.id)] : null;
  }

  #elementOf(line) {
    this.scroll.reveal(line.block);
    return this.text.querySelector(`[data-id="${line.id}"]`);
  }

  #set() {
    this.scroll?.remove();
    this.text.className = `text text-${this.layout}`;
    const fill = (block) => block.paragraphs.flatMap((each) => setParagraph(each, this.layout, this.script));
    this.head.show(this.script, this.model, this.layout);
    const reach = ({ chapterPlace }) => this.head.showChapter(chapterPlace);
    this.scroll = createScroll(this.text, this.model.blocks, fill, reach);
    this.legend.replaceChildren(makeLegend(this.script, this.model));
    if (!this.chosen) this.panel.hide();
    if (!this.chosen && this.model.lines.length) this.#elementOf(this.model.lines[0]).tabIndex = 0;
  }

  /** Set everything anew without moving what the reader looks at. */
  #setAgain() {
    const seen = this.#findSeen();
    const before = seen?.getBoundingClientRect().top;
    const hasFocus = this.text.contains(document.activeElement);
    const first = seen ? Number(seen.dataset.id) : null;
    this.chosen = this.chosen ? this.#find(this.chosen) : null;
    const same = this.chosen ?? (first === null ? null : this.#find((this.edited ?? this.model.lines)[first]));
    this.edited = null;
    this.#set();
    if (this.chosen) this.choose(this.chosen, { hasFocus, isStill: true });
    if (same)
      window.scrollBy({
        top: this.#elementOf(same).getBoundingClientRect().top - before,
        behavior: "instant",
      });
  }

  /** Return what a line is now; of another text only where no other could be meant. */
  #find(line) {
    const { lines } = this.model;
    return this.edited ? findMoved(lines, this.edited, line) : findAgain(lines, line);
  }

  /** Return the element of the chosen line, or else of the first that is in the window, if it begins above. */
  #findSeen() {
    if (this.chosen) return this.#elementOf(this.chosen);
    if (this.text.getBoundingClientRect().top > 0) return null;
    return [...this.text.querySelectorAll(".line")].find((line) => line.getBoundingClientRect().bottom > 0);
  }

  /** Choose a line: the panel tells of it, and keys mean it. */
  choose(line, { hasFocus = true, isStill = false } = {}) {
    this.text.querySelector(".is-chosen")?.classList.remove("is-chosen");
    this.text.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    this.chosen = line;
    const element = this.#elementOf(line);
    element.classList.add("is-chosen");
    element.tabIndex = 0;
    this.panel.show(line, this.script, wordsOf(this.model.lines, line), findCompany(this.model.lines, line));
    if (hasFocus) element.focus({ preventScroll: true });
    if (!isStill) scrollTo(element);
  }

  close() {
    const line = this.chosen;
    this.chosen = null;
    this.panel.hide();
    this.text.querySelector(".is-chosen")?.classList.remove("is-chosen");
    if (line) this.#elementOf(line)?.focus({ preventScroll: true });
  }

  /** Speak a line. */
  hear(line) {
    const element = this.#elementOf(line);
    element.classList.add("is-sounding");
    const { edition } = this.script;
    return this.sound.play(lineAddress(this.name, line.id, { edition }), () => element.classList.remove("is-sounding"));
  }

  /** Choose a line and speak it, or stop it where it is the one that sounds. */
  press(line) {
    if (this.sound.isPlaying && this.chosen === line) this.sound.stop();
    else this.hear(line);
    this.choose(line);
  }

  /** Give a line to a speaker; null is whoever the text gives it to.  One after the other: each on what the last wrote. */
  correct(line, speaker) {
    const { edition } = this.script;
    const now = () => (this.script.edition === edition && findAgain(this.model.lines, line)) || line;
    this.correcting = this.correcting.then(() => this.#correct(now(), speaker, edition));
    return this.correcting;
  }

  /** Ask for a correction of a line of an `edition`; the studio refuses it where the text is another by now. */
  async #correct({ quotation, stated, text: words }, speaker, edition) {
    const { revision } = this.script;
    const seen = { speaker, revision, edition, words };
    const isDone = await this.attempt(() =>
      quotation === null || speaker === null
        ? this.store.write(api.restate, { stated, ...seen })
        : this.store.write(api.correct, { quotation, ...seen }),
    );
    // To read a novel anew takes seconds: what is written is told before.
    if (isDone) {
      if (speaker === null) this.#await(stated);
      this.say(`${sayWhose(speaker)} Ctrl-Z takes it back.`);
    }
    await this.refresh();
  }

  /** Remember the lines of which nothing is stated any more: they stay as they were until the story is read. */
  #await(stated) {
    for (const line of this.model.lines) if (line.stated === stated) this.awaited.add(line.id);
  }

  /** The story was read, and comes as it is shown: what was awaited is so, too. */
  settle() {
    if (this.awaited.size === 0) return;
    this.awaited.clear();
    this.#take(this.script);
    this.#setAgain();
  }

  refresh() {
    return this.attempt(async () => {
      this.#take(await this.store.script());
      this.#setAgain();
    });
  }

  turnTo(layout) {
    this.layout = rememberLayout(layout);
    this.#setAgain();
  }

  /** Go to a chapter by its place among them: parts of a long one share its number. */
  goToChapter(place) {
    const chapter = this.script.chapters[place];
    const block = this.model.blocks.findIndex(({ paragraphs }) => paragraphs[0].chapter === chapter);
    if (block < 0) return;
    this.scroll.reveal(block);
    this.text.children[block].scrollIntoView({ block: "start" });
  }

  goToUnsure(step) {
    const { unsure } = this.model;
    const line = findUnsure(unsure, this.chosen?.id ?? (step > 0 ? -1 : Infinity), step);
    if (!line) {
      this.say("No line of this story is unsure.");
      return;
    }
    this.choose(line);
    this.head.showPlace(unsure.indexOf(line), unsure.length);
  }

  #onClick(event) {
    const line = this.#lineOf(event.target);
    // Who marks words to copy them doesn't want to hear them.
    if (line && getSelection().isCollapsed) this.press(line);
  }

  #onKey(event) {
    const line = this.#lineOf(event.target);
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") this.press(line);
    else if (event.key in STEPS) this.choose(this.model.lines[line.id + STEPS[event.key]] ?? line);
    else return;
    event.preventDefault();
  }

  leave() {
    this.scroll.remove();
    this.sound.remove();
    this.removeHints();
    this.sizes.disconnect();
  }

  get keys() {
    return [
      { key: "n", shown: "n", words: "Next unsure line", run: () => this.goToUnsure(1) },
      { key: "p", shown: "p", words: "Previous unsure line", run: () => this.goToUnsure(-1) },
      {
        key: " ",
        shown: "Space",
        words: "Hear the chosen line, or stop",
        run: () => this.chosen && this.press(this.chosen),
      },
      { key: "c", shown: "c", words: "Choose the line’s speaker", run: () => this.panel.choose() },
      { key: "Escape", shown: "Esc", words: "Let go of the line", run: () => this.close() },
    ];
  }
}

/** Let the keyboard scroll an element whenever it holds more than it shows. */
function watchScrolling(element) {
  const watch = new ResizeObserver(() => {
    const isLonger = element.scrollHeight > element.clientHeight + 1;
    setAttributes(element, { tabindex: isLonger && getComputedStyle(element).overflowY === "auto" ? 0 : null });
  });
  for (const each of [element, ...element.children]) watch.observe(each);
  return watch;
}

function sayWhose(speaker) {
  if (speaker === null) return "The line is as narrate read it, and voices.yaml says nothing of it any more.";
  const name = speaker === NARRATOR ? "the narrator" : speakerName(speaker);
  return `The line is ${name}’s now, and voices.yaml says so.`;
}

/** Show a story's script in `host`. */
export async function showScript(host, shared) {
  const view = new ScriptView(host, shared, await shared.store.script());
  return {
    refresh: () => view.refresh(),
    settle: () => view.settle(),
    leave: () => view.leave(),
    keys: view.keys,
  };
}
