// The player: a book's tracks, their text and sound, and the keys to move through them.

import { make } from "../dom.js";
import { clock } from "../words.js";
import { colourClass, speakerName } from "../speakers.js";
import { Bookmarks } from "./bookmarks.js";
import { findCue, stepParagraph, stepSentence } from "./cues.js";
import { createPlace } from "./place.js";
import { createReading } from "./reading.js";
import { SleepTimer } from "./sleep.js";
import { SKIP_S, Transport } from "./transport.js";
import { Waveform } from "./waveform.js";

const COVER_SIDE = 160;
const KEEP_EVERY_MS = 2000;
/** Into a cue, so that rounding in the browser's clock doesn't land in the one before. */
const INTO_S = 0.01;

/**
 * Plays a book (the JSON of api/…/player, with `cover`, an address) in `host`; `key` is what its place is
 * remembered by, `fail(words)` is told what goes wrong, `fetchPeaks(track)` fetches a waveform that is not
 * there yet.
 */
export class Player {
  #book;
  #number = -1;
  #cue = -1;
  #keptAt = 0;
  #frame = 0;

  constructor(host, book, { key, fail, fetchPeaks = null }) {
    this.#book = book;
    this.fetchPeaks = fetchPeaks;
    this.place = createPlace(key);
    this.audio = make("audio", { id: "player", preload: "metadata" });
    this.text = make("div", { class: "text text-page read-along", lang: book.language });
    this.reading = createReading(this.text, (cue) => this.#seekCue(cue, { isPlaying: true }));
    this.waveform = new Waveform((seconds) => this.#seek(seconds));
    this.sleep = new SleepTimer(this.audio, () => this.audio.pause());
    this.bookmarks = new Bookmarks(key, { go: (mark) => this.#goTo(mark), where: () => this.#tellPlace() });
    this.transport = new Transport(this.waveform.element, this, [this.sleep.element, this.bookmarks.button]);
    this.older = make("p", { class: "older", role: "status", hidden: true });
    this.olderChapters = new Map();
    this.tracks = make("select", { id: "track" });
    this.tracks.addEventListener("change", () =>
      this.#open(Number(this.tracks.value), 0, !this.audio.paused),
    );
    host.append(this.#makeHead(), this.text, this.audio, this.transport.element);
    this.#listen(fail);
    const { number, track = 0, seconds, rate } = this.place.read();
    this.setRate(rate);
    const kept = number === null ? track : book.tracks.findIndex((each) => each.number === number);
    if (book.tracks.length) this.#open(book.tracks[kept] ? kept : 0, book.tracks[kept] ? seconds : 0, false);
  }

  #makeHead() {
    const { title, author, language, cover } = this.#book;
    const picture = cover
      ? make("img", { class: "cover", src: cover, alt: "", width: COVER_SIDE, height: COVER_SIDE })
      : null;
    this.choice = make(
      "div",
      { class: "field-row" },
      make("label", { for: "track" }, "Chapter"),
      this.tracks,
    );
    this.#listTracks();
    return make(
      "div",
      { class: "title-page" },
      picture,
      make("h1", { lang: language }, title),
      make("p", { class: "author" }, author ?? ""),
      this.choice,
      this.older,
      this.bookmarks.element,
    );
  }

  #listTracks() {
    const { tracks } = this.#book;
    const option = ({ title, seconds }, number) =>
      make("option", { value: number }, `${title} (${clock(seconds)})`);
    this.tracks.replaceChildren(...tracks.map(option));
    this.choice.hidden = tracks.length < 2;
  }

  /** Take the tracks as they are now; the one that is open stays as it was opened while it plays. */
  take(tracks) {
    const before = this.#track;
    const fresh = tracks.find(({ number }) => number === before.number);
    const isRemade = fresh !== undefined && JSON.stringify(fresh.cues) !== JSON.stringify(before.cues);
    const isTaken = isRemade && this.audio.paused;
    const open = isTaken ? fresh : before;
    const isUntouched = this.#number === 0 && this.audio.paused && this.audio.currentTime === 0;
    this.#book.tracks = tracks.map((each) => (each.number === open.number ? open : each));
    if (!this.#book.tracks.includes(open)) this.#book.tracks.unshift(open);
    this.#number = this.#book.tracks.indexOf(open);
    this.#listTracks();
    this.tracks.value = this.#number;
    if (isUntouched && this.#number > 0) this.#open(0, 0, false);
    else if (isTaken) this.#open(this.#number, Math.min(this.audio.currentTime, open.seconds), false);
  }

  #listen(fail) {
    const { audio } = this;
    for (const event of ["play", "pause"]) audio.addEventListener(event, () => this.#showPlaying());
    for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, () => this.#show());
    audio.addEventListener("ended", () => this.#open(this.#number + 1, 0, !this.sleep.takesChapterEnd()));
    audio.addEventListener("error", () =>
      fail(`${this.#track.title}: the sound can’t be played. Is its file still there?`),
    );
    this.onLeave = () => this.#keep();
    window.addEventListener("pagehide", this.onLeave);
  }

  get #track() {
    return this.#book.tracks[this.#number];
  }

  #open(number, seconds, isPlaying) {
    const track = this.#book.tracks[number];
    if (!track) return;
    this.#number = number;
    this.#cue = -1;
    this.tracks.value = number;
    this.reading.show(track.cues);
    this.waveform.show(track);
    if (track.peaks.length === 0) this.#fetchPeaks(track);
    this.audio.src = track.audio;
    this.audio.playbackRate = this.rate;
    this.#seek(seconds);
    this.#showOlder();
    if (isPlaying) this.play();
  }

  /** Say of which chapters (by their numbers in the book) the sound is older than the story, and why. */
  tellOlder(chapters) {
    this.olderChapters = chapters;
    this.#showOlder();
  }

  #showOlder() {
    const why = this.olderChapters.get(this.#track?.chapter);
    this.older.hidden = why === undefined;
    this.older.textContent = why ?? "";
  }

  #goTo({ number, seconds }) {
    const place = this.#book.tracks.findIndex((each) => each.number === number);
    if (place >= 0 && place !== this.#number) this.#open(place, seconds, !this.audio.paused);
    else if (place >= 0) this.#seek(seconds);
    this.reading.free();
  }

  /** Return the present place as a bookmark. */
  #tellPlace() {
    const seconds = this.audio.currentTime;
    const cue = this.#track?.cues[findCue(this.#track.cues, seconds)];
    return this.#track && { number: this.#track.number, seconds, title: this.#track.title, words: cue?.text ?? "" };
  }

  async #fetchPeaks(track) {
    const peaks = (await this.fetchPeaks?.(track)) ?? [];
    track.peaks = peaks;
    if (track === this.#track && peaks.length) {
      this.waveform.show(track);
      this.#show();
    }
  }

  /** Go to a time; shown at once, however long the browser takes. */
  #seek(seconds) {
    this.audio.currentTime = seconds;
    this.#show(seconds);
    this.#keep();
  }

  #seekCue(number, { isPlaying = false } = {}) {
    if (number === null) return;
    this.reading.free();
    this.#seek(this.#track.cues[number].start + INTO_S);
    if (isPlaying) this.play();
  }

  #show(seconds = this.audio.currentTime) {
    const track = this.#track;
    this.sleep.tick();
    const number = findCue(track.cues, seconds);
    this.transport.showTime(seconds, track.seconds);
    this.waveform.turn(seconds, track.cues[number]);
    if (number !== this.#cue) {
      this.#cue = number;
      const cue = track.cues[number];
      if (cue) this.transport.showSpeaker(speakerName(cue.speaker), colourClass(cue.color));
    }
    this.reading.mark(number, track.cues[number], seconds);
    if (performance.now() - this.#keptAt > KEEP_EVERY_MS) this.#keep();
  }

  #showPlaying() {
    const isPlaying = !this.audio.paused;
    this.transport.showPlaying(isPlaying);
    cancelAnimationFrame(this.#frame);
    // `timeupdate` comes four times a second: too seldom for words.
    const turn = () => {
      this.#show();
      this.#frame = requestAnimationFrame(turn);
    };
    if (isPlaying) this.#frame = requestAnimationFrame(turn);
    else this.#keep();
  }

  #keep() {
    this.#keptAt = performance.now();
    if (this.#track)
      this.place.keep({ number: this.#track.number, seconds: this.audio.currentTime, rate: this.rate });
  }

  play() {
    // The element says itself what went wrong (`error`); giving way to another track is nothing.
    this.audio.play().catch(() => {});
  }

  toggle = () => {
    if (this.audio.paused) this.play();
    else this.audio.pause();
  };

  /** Go so many seconds on, or back (negative), within the chapter. */
  skip(seconds) {
    if (!this.#track) return;
    this.reading.free();
    this.#seek(Math.max(0, Math.min(this.#track.seconds, this.audio.currentTime + seconds)));
  }

  sentence(step) {
    if (this.#track) this.#seekCue(stepSentence(this.#track.cues, this.audio.currentTime, step));
  }

  paragraph(step) {
    if (this.#track) this.#seekCue(stepParagraph(this.#track.cues, this.audio.currentTime, step));
  }

  setRate(rate) {
    this.rate = rate;
    this.audio.defaultPlaybackRate = rate;
    this.audio.playbackRate = rate;
    this.transport.showRate(rate);
  }

  /** The player's keys, as `createKeys` takes them. */
  get keys() {
    return [
      { key: " ", shown: "Space", words: "Play or pause", run: this.toggle },
      { key: "ArrowRight", shown: "→", words: "On a sentence", run: () => this.sentence(1) },
      { key: "ArrowLeft", shown: "←", words: "Back a sentence", run: () => this.sentence(-1) },
      { key: "ArrowDown", shown: "↓", words: "On a paragraph", run: () => this.paragraph(1) },
      { key: "ArrowUp", shown: "↑", words: "Back a paragraph", run: () => this.paragraph(-1) },
      { key: "j", shown: "j", words: `Back ${SKIP_S} seconds`, run: () => this.skip(-SKIP_S) },
      { key: "l", shown: "l", words: `On ${SKIP_S} seconds`, run: () => this.skip(SKIP_S) },
      { key: "b", shown: "b", words: "Keep a bookmark here", run: () => this.bookmarks.add() },
    ];
  }

  leave() {
    this.audio.pause();
    this.#keep();
    cancelAnimationFrame(this.#frame);
    this.waveform.leave();
    window.removeEventListener("pagehide", this.onLeave);
    this.audio.removeAttribute("src");
  }
}
