// Which view the address names: #/ is the shelf, #/STORY/script, #/STORY/cast and so on the others.

export const VIEWS = ["script", "cast", "pronunciations", "listen", "review", "details"];

/** Return the address of a view. */
export function address(view, name = null) {
  return view === "shelf" ? "#/" : `#/${encodeURIComponent(name)}/${view}`;
}

/** Read an address; anything else is the shelf. */
export function readAddress(hash) {
  const [name, view] = hash.replace(/^#\/?/, "").split("/");
  try {
    if (VIEWS.includes(view)) return { view, name: decodeURIComponent(name) };
  } catch {
    // Not percent-encoded: nobody's address.
  }
  return { view: "shelf", name: null };
}
