// The sleep timer: so many minutes of listening, or the end of the chapter, and then silence.

import { makeField, makeSelect } from "../dom.js";
import { count } from "../words.js";

const MINUTES = [5, 15, 30, 45, 60];
const CHAPTER = "chapter";
const OFF = "off";
/** Over which the sound grows quieter, so that silence wakes nobody. */
const FADE_S = 10;

/** Ends the sound of an `audio` element; `stop()` is called where it is to pause. */
export class SleepTimer {
  #audio;
  #stop;
  #left = null;
  #lastAt = null;
  #select;

  constructor(audio, stop) {
    [this.#audio, this.#stop] = [audio, stop];
    const options = MINUTES.map((minutes) => [minutes, count(minutes, "minute")]);
    this.#select = makeSelect([[OFF, "off"], ...options, [CHAPTER, "chapter’s end"]], (value) => this.#set(value));
    this.element = makeField("Sleep", this.#select, { layout: "speed" });
  }

  #set(value) {
    this.#left = value === OFF || value === CHAPTER ? null : Number(value) * 60;
    this.#audio.volume = 1;
    this.#showLeft();
  }

  /** Whether the next chapter is not to be begun; then the timer is off again. */
  takesChapterEnd() {
    if (this.#select.value !== CHAPTER) return false;
    this.#off();
    return true;
  }

  /** Count what was heard since the last call; called now and then while it plays. */
  tick() {
    const now = performance.now();
    const passed = this.#lastAt === null ? 0 : (now - this.#lastAt) / 1000;
    this.#lastAt = this.#audio.paused ? null : now;
    if (this.#left === null || this.#audio.paused) return;
    this.#left -= passed;
    this.#audio.volume = Math.max(0, Math.min(1, this.#left / FADE_S));
    this.#showLeft();
    if (this.#left <= 0) {
      this.#stop();
      this.#off();
    }
  }

  #off() {
    this.#select.value = OFF;
    this.#set(OFF);
  }

  /** Say in the list how long it still is. */
  #showLeft() {
    for (const option of this.#select.options) {
      const minutes = Number(option.value);
      if (Number.isNaN(minutes)) continue;
      const isThis = this.#left !== null && option.selected;
      const words = isThis ? `${count(Math.max(1, Math.ceil(this.#left / 60)), "minute")} left` : count(minutes, "minute");
      if (option.textContent !== words) option.textContent = words;
    }
  }
}
