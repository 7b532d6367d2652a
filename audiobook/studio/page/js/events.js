// What the server says by itself: how making goes, that the shelf, voices.yaml, an open
// text, the voices or a script have changed; and that it has gone, or is there again.

const KINDS = ["state", "trouble", "shelf", "settings", "text", "voices", "script", "review", "note"];

/** After which a stream that was refused is asked for again; one that broke the browser renews itself. */
const AGAIN_MS = 2000;

/**
 * Open the stream of events and return a target that passes them on as `CustomEvent`s with the JSON; `last`
 * holds the newest of each kind.  `gone` and `back` tell that the server stops and begins to answer.
 */
export function openEvents() {
  const target = Object.assign(new EventTarget(), { last: {} });
  let isGone = false;
  const tell = (kind, detail) => target.dispatchEvent(new CustomEvent(kind, { detail }));
  function open() {
    const source = new EventSource("api/events");
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        target.last[kind] = JSON.parse(event.data);
        tell(kind, target.last[kind]);
      });
    }
    source.addEventListener("open", () => {
      if (isGone) tell("back");
      isGone = false;
    });
    source.addEventListener("error", () => {
      if (!isGone) tell("gone");
      isGone = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS);
    });
  }
  // A page that is left breaks its stream, too.
  window.addEventListener("pagehide", () => (isGone = true));
  open();
  return target;
}
