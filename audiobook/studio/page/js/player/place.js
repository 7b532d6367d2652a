// Where the listener was, and how fast: kept by the browser, for each book.

/** Return `{read, keep}` for a book; both do nothing where the browser keeps nothing. */
export function createPlace(key) {
  const name = `narrate player: ${key}`;
  return {
    /** Return what was kept: {number (the track's own), seconds, rate}, with the beginning for what is missing. */
    read() {
      const nothing = { number: null, seconds: 0, rate: 1 };
      try {
        return { ...nothing, ...JSON.parse(localStorage.getItem(name)) };
      } catch {
        return nothing;
      }
    },
    keep(place) {
      try {
        localStorage.setItem(name, JSON.stringify(place));
      } catch {
        // A browser that keeps nothing for this page: it is forgotten.
      }
    },
  };
}
