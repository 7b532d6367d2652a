// What the page knows of the open story, and the one way by which it changes voices.yaml.

import { api, ApiError, renewCovers } from "./api.js";

const CONFLICT = 409;

/** Keeps a story's script and cast until voices.yaml changes. */
export class Store {
  #name = null;
  #script = null;
  #cast = null;
  #voices = null;
  #writing = Promise.resolve();
  #reading = Promise.resolve();
  revision = null;
  /** Whether there is a change to take back; `watchUndo` is told of it. */
  undoable = false;
  watchUndo = () => {};
  edition = null;

  /** The name of the open story, or null. */
  get name() {
    return this.#name;
  }

  /** Turn to a story, or to none (null). */
  open(name) {
    if (name !== this.#name) this.forget();
    this.#name = name;
  }

  /** Drop what was read: the settings are others now. */
  forget() {
    this.#script = null;
    this.#cast = null;
  }

  /** Drop what depends on the voices that there are: one was installed or removed. */
  forgetVoices() {
    this.#voices = null;
    this.forget();
  }

  async script() {
    this.#script ??= await this.#read(api.story(this.#name));
    this.edition = this.#script.edition;
    return this.#script;
  }

  async cast() {
    this.#cast ??= await this.#read(api.cast(this.#name));
    return this.#cast;
  }

  /** Read what only one view shows, with a function of `api`: it is not kept. */
  read(ask) {
    return this.#read(ask(this.#name));
  }

  details() {
    return this.#read(api.details(this.#name));
  }

  async voices() {
    this.#voices ??= await api.voices();
    return this.#voices;
  }

  /** Tell whether the page shows a story as of a revision. */
  shows({ name, revision }) {
    return name === this.#name && revision === this.revision;
  }

  async #read(answer) {
    this.#reading = answer;
    const read = await answer;
    this.#take(read);
    return read;
  }

  #take({ revision, undoable }) {
    [this.revision, this.undoable] = [revision, undoable];
    this.watchUndo(undoable);
  }

  /**
   * Write with a function of `api` (correct, restate, setVoice, setCharacter, setDetails, merge); a change may name the
   * revision that it was made on.  Raises `ApiError`; where the file was changed by somebody else, what is
   * known of it is dropped first.
   */
  async write(send, change) {
    return this.#settle(() => send(this.#name, { revision: this.revision, ...change }));
  }

  /** Take back the last write; returns in words what it was. */
  async undo() {
    return (await this.#settle(() => api.undo({ revision: this.revision }))).undone;
  }

  /** Wait until what is being written is written, and what is being read is read: their revision counts. */
  settled() {
    return Promise.allSettled([this.#writing, this.#reading]);
  }

  #settle(send) {
    this.#writing = this.#send(send);
    return this.#writing;
  }

  async #send(send) {
    try {
      const answer = await send();
      this.#take(answer);
      this.forget();
      renewCovers(); // a drawn one shows title and author
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.status === CONFLICT) this.forget();
      throw error;
    }
  }
}
