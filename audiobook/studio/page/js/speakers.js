// Who speaks, and in which of the twelve colours of css/colours.css.

import { capital } from "./words.js";

export const NARRATOR = "narrator";
export const COLOURS = 12;

/** Return the class that gives an element its speaker's colour; the narrator's is ink. */
export function colourClass(color) {
  return Number.isInteger(color) && color >= 0 ? `voice-${color % COLOURS}` : "voice-none";
}

/** Return the class for the colour of a speaker, by the list of a story's characters. */
export function speakerClass(characters, speaker) {
  const found = characters.find((character) => character.name === speaker);
  return colourClass(speaker === NARRATOR || !found ? null : found.color);
}

/** Return how a speaker is called on the page; null is a line whose speaker the text doesn't tell. */
export function speakerName(speaker) {
  return capital(speaker ?? "somebody");
}
