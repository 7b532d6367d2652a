// What the server says by itself: how making goes, that the shelf or voices.yaml has changed.

const KINDS = ["state", "shelf", "settings", "note"];

/** Open the stream of events and return a target that passes them on as `CustomEvent`s with the JSON. */
export function openEvents() {
  const target = new EventTarget();
  const source = new EventSource("api/events");
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      target.dispatchEvent(new CustomEvent(kind, { detail: event.data ? JSON.parse(event.data) : null }));
    });
  }
  return target;
}
