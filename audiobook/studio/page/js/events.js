// What the server says by itself: how making goes, that the shelf, voices.yaml, an open
// text, the voices or a script have changed.

const KINDS = ["state", "shelf", "settings", "text", "voices", "script", "note"];

/**
 * Open the stream of events and return a target that passes them on as `CustomEvent`s with the JSON; `last`
 * holds the newest of each kind.
 */
export function openEvents() {
  const target = Object.assign(new EventTarget(), { last: {} });
  const source = new EventSource("api/events");
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      target.last[kind] = JSON.parse(event.data);
      target.dispatchEvent(new CustomEvent(kind, { detail: target.last[kind] }));
    });
  }
  return target;
}
