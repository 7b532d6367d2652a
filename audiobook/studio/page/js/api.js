// The studio's interface over HTTP.  All addresses are relative: the page's own holds the token.

/** What the server answered instead of what was asked for; the message is a sentence for a person. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const GONE = "narrate studio doesn't answer. If you stopped it, start it again and open its new address.";

async function request(method, path, { json, body } = {}) {
  const headers = json === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(`api/${path}`, {
      method,
      headers,
      body: json === undefined ? body : JSON.stringify(json),
    });
  } catch {
    throw new ApiError(GONE, 0);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(
      answer?.error ?? `The studio answered ${response.status}, and not why.`,
      response.status,
    );
  }
  return answer;
}

function story(name, rest = "") {
  return `stories/${encodeURIComponent(name)}${rest}`;
}

export const api = {
  shelf: () => request("GET", "shelf"),
  story: (name) => request("GET", story(name)),
  spoken: (name, id, edition) =>
    request("GET", `${story(name, `/utterances/${id}/spoken`)}?${new URLSearchParams({ edition })}`),
  cast: (name) => request("GET", story(name, "/cast")),
  words: (name) => request("GET", story(name, "/pronunciations")),
  findWord: (name, find) =>
    request("GET", `${story(name, "/pronunciations")}?${new URLSearchParams({ find })}`),
  pronounce: (name, json) => request("POST", story(name, "/pronunciations"), { json }),
  review: (name) => request("GET", story(name, "/review")),
  markDone: (name, json) => request("POST", story(name, "/review"), { json }),
  player: (name) => request("GET", story(name, "/player")),
  peaks: async (name, number) => (await request("GET", story(name, `/tracks/${number}/peaks`))).peaks,
  voices: () => request("GET", "voices"),
  correct: (name, json) => request("POST", story(name, "/corrections"), { json }),
  restate: (name, json) => request("POST", story(name, "/stated"), { json }),
  setVoice: (name, json) => request("POST", story(name, "/voice"), { json }),
  setCharacter: (name, json) => request("POST", story(name, "/character"), { json }),
  merge: (name, json) => request("POST", story(name, "/merge"), { json }),
  details: (name) => request("GET", story(name, "/details")),
  setDetails: (name, json) => request("POST", story(name, "/details"), { json }),
  bringCover: (name, body) => request("PUT", story(name, "/cover"), { body }),
  removeCover: (name) => request("DELETE", story(name, "/cover")),
  files: (name) => request("GET", story(name, "/files")),
  remove: (name, made) => request("DELETE", story(name, `?made=${made}`)),
  undo: (json) => request("POST", "undo", { json }),
  chapters: (name) => request("GET", story(name, "/chapters")),
  make: (stories, chapters = []) => request("POST", "make", { json: { stories, chapters } }),
  makeAnew: (name, chapter) =>
    request("POST", "make", { json: { stories: [name], chapters: [chapter], anew: true } }),
  leaveQueue: (name) => request("DELETE", `make/${encodeURIComponent(name)}`),
  stop: () => request("DELETE", "make"),
  addExample: () => request("POST", "example"),
  upload: (file) => request("PUT", `texts/${encodeURIComponent(file.name)}`, { body: file }),
};

let covers = 0;

/** Have covers asked for anew from now on: a page keeps the pictures that it has, whatever the server says. */
export function renewCovers() {
  covers += 1;
}

/** Return the address of a story's cover. */
export function coverAddress(name) {
  return `api/${story(name, `/cover?${covers}`)}`;
}

/** Return the address of a file that was made of a story. */
export function fileAddress(name, file) {
  return `api/${story(name, `/files/${encodeURIComponent(file)}`)}`;
}

/** Return the address of a ZIP of all that was made of a story, or of one format. */
export function zipAddress(name, format = null) {
  return `api/${story(name, "/zip")}${format === null ? "" : `?${new URLSearchParams({ format })}`}`;
}

/**
 * Return the address of a line's sound, of the text that `edition` names; `voice` (engine, id, rate, pitch,
 * volume, range) overrides its own.
 */
export function lineAddress(name, id, { edition = null, voice = null } = {}) {
  const query = new URLSearchParams(edition === null ? {} : { edition });
  addVoice(query, voice);
  return `api/${story(name, `/utterances/${id}/audio`)}?${query}`;
}

/** Return the address of a stretch of a finished file, in seconds (W3C Media Fragments, "Temporal Dimension"). */
export function stretchAddress(name, { track, start, end }) {
  return `api/${story(name, `/tracks/${track}`)}#t=${start},${end}`;
}

/** Return the address of a sentence as a speaker of a story says it; `voice` as for a line. */
export function auditionAddress(name, speaker, text, voice = null) {
  const query = new URLSearchParams({ speaker, text });
  addVoice(query, voice);
  return `api/${story(name, "/audition")}?${query}`;
}

/**
 * Return the address of a word's sound, alone or in a `line` of the story; as it is said now or, with a `way` of
 * saying it (or "engine"), as it would be.
 */
export function wordAddress(name, word, { line = null, way = null, said = null } = {}) {
  const query = new URLSearchParams({ word });
  for (const [key, value] of Object.entries({ line, way, said })) if (value !== null) query.set(key, value);
  return `api/${story(name, "/pronunciations/audio")}?${query}`;
}

function addVoice(query, voice) {
  if (voice === null) return;
  const { engine, id, rate, pitch, volume, range } = voice;
  const own = { engine, voice: id, rate, pitch, volume, range };
  for (const [key, value] of Object.entries(own)) if (value !== undefined) query.set(key, value);
}
