// One line at a time, heard at once.

import { make } from "./dom.js";

/** Make the page's one voice for single lines; `fail(words)` is told where a sound doesn't come. */
export function createSound(fail) {
  const audio = make("audio", { id: "sound", preload: "auto" });
  document.body.append(audio);
  let end = () => {};

  function stop() {
    audio.pause();
    end();
    end = () => {};
  }
  /** Play a sound from its beginning; `onEnd` is called when it is over, or another takes its place. */
  async function play(address, onEnd = () => {}) {
    stop();
    end = onEnd;
    audio.src = address;
    try {
      await audio.play();
    } catch (error) {
      // A sound that gave way to the next one is no failure.
      if (error.name === "AbortError") return;
      stop();
      fail(await explain(address));
    }
  }
  audio.addEventListener("ended", stop);
  // A stretch of a file ends with a pause, which comes after another sound may have begun.
  audio.addEventListener("pause", () => audio.paused && stop());
  return {
    play,
    stop,
    get isPlaying() {
      return !audio.paused;
    },
    remove() {
      stop();
      audio.remove();
    },
  };
}

/** Ask why a sound didn't come: the audio element itself never says. */
async function explain(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) return (await response.json()).error;
  } catch {
    // No answer, or none in words: nothing more is known.
  }
  return "This line can’t be heard: the browser could not play what the studio sent.";
}
