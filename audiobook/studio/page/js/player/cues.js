// Which sentence sounds when.  Cues are in order: {start, end, text, speaker, paragraph, color}.

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

/** Return the number of the cue a sentence on or back, or null beyond the ends. */
export function stepSentence(cues, number, step) {
  const wanted = number + step;
  return wanted >= 0 && wanted < cues.length ? wanted : null;
}

/** Return the number of the first cue of the paragraph on or back, or null beyond the ends. */
export function stepParagraph(cues, number, step) {
  const here = firstOf(cues, number);
  if (step < 0) return here > 0 ? firstOf(cues, here - 1) : null;
  const next = cues.findIndex((cue, place) => place > number && cue.paragraph !== cues[number].paragraph);
  return next < 0 ? null : next;
}

function firstOf(cues, number) {
  let first = number;
  while (first > 0 && cues[first - 1].paragraph === cues[number].paragraph) first -= 1;
  return first;
}
