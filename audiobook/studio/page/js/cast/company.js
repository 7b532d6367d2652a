// Who speaks in which chapter, by the script.

/** Return for each chapter of a script how many lines each speaker has there: a list of maps. */
export function countLines(script) {
  return script.chapters.map(({ paragraphs }) => {
    const counts = new Map();
    const seen = new Set();
    for (const { utterances } of paragraphs) {
      for (const { kind, speaker, quotation } of utterances) {
        if (kind !== "speech" || seen.has(quotation)) continue;
        seen.add(quotation);
        counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
      }
    }
    return counts;
  });
}
