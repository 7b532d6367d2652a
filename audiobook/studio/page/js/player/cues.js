// Which sentence sounds when.  Cues are in order: {start, end, text, speaker, paragraph, color, words}.
// Words are numbers, three for each: its first letter, the one behind it, and when it begins, in ms of the cue.

/** From here on in a sentence or paragraph, going back is going to its beginning first. */
const WITHIN_S = 1;

/** Return the number of the cue that sounds at a time, or sounded last; 0 before the first. */
export function findCue(cues, seconds) {
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cues[middle].start <= seconds) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Return the cue to go to for a sentence on or back from a time; null beyond the ends. */
export function stepSentence(cues, seconds, step) {
  const number = findCue(cues, seconds);
  return choose(cues, seconds, number, step > 0 ? number + 1 : number - 1, step);
}

/** Return the cue to go to for a paragraph on or back from a time; null beyond the ends. */
export function stepParagraph(cues, seconds, step) {
  const number = findCue(cues, seconds);
  const first = firstOf(cues, number);
  const next = cues.findIndex((cue, place) => place > number && cue.paragraph !== cues[number].paragraph);
  return choose(cues, seconds, first, step > 0 ? next : firstOf(cues, first - 1), step);
}

/** Choose between the neighbour and, going back from well within, the beginning of what one is in. */
function choose(cues, seconds, here, other, step) {
  if (step < 0 && seconds > cues[here].start + WITHIN_S) return here;
  return other >= 0 && other < cues.length ? other : null;
}

function firstOf(cues, number) {
  let first = number;
  while (first > 0 && cues[first - 1].paragraph === cues[number].paragraph) first -= 1;
  return first;
}

/** Return the number of the word of a cue that sounds at a time, or sounded last; -1 before the first. */
export function findWord({ words, start }, seconds) {
  let number = -1;
  while (3 * number + 5 < words.length && start + words[3 * number + 5] / 1000 <= seconds) number += 1;
  return number;
}
