// The voices to choose from: those of the pools first, then every engine's by language.

const POOLS = { female: "Women’s pool", male: "Men’s pool", unknown: "Pool between the two" };

/** Name a voice by what tells it from others in the list. */
export function nameOfVoice(voice) {
  return voice ? `${voice.engine}\n${voice.id}` : "";
}

/**
 * Return `{groups, find}`: groups of options (`value`, `words`) for a list, in which `own` always stands;
 * `find(value)` returns what the choice changes: engine and id, and in a pool's voice all the rest.
 */
export function listVoices({ engines, pools }, own) {
  const found = new Map();
  const groups = [];
  const add = (label, options) => {
    if (options.length) groups.push({ label, options });
  };
  const option = (voice, words, value = nameOfVoice(voice)) => {
    found.set(value, voice);
    return { value, words };
  };
  for (const [pool, voices] of Object.entries(pools ?? {})) {
    const options = voices.filter((voice) => nameOfVoice(voice) !== nameOfVoice(own)).map((voice) => option(voice, voice.id, `${pool}\n${nameOfVoice(voice)}`));
    add(POOLS[pool] ?? pool, options);
  }
  for (const engine of engines) {
    for (const [language, voices] of groupByLanguage(engine.voices)) {
      const label = `${engines.length > 1 ? `${engine.name}, ` : ""}${nameLanguage(language)}`;
      add(label, voices.map(({ id, name }) => option({ engine: engine.name, id }, name && name !== id ? `${id} (${name})` : id)));
    }
  }
  if (!found.has(nameOfVoice(own))) groups.unshift({ label: "Now", options: [option({ engine: own.engine, id: own.id }, own.id)] });
  return { groups, find: (value) => found.get(value) };
}

function groupByLanguage(voices) {
  const groups = new Map();
  for (const voice of voices) groups.set(voice.language, [...(groups.get(voice.language) ?? []), voice]);
  return groups;
}

function nameLanguage(tag) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // no tag that a browser knows
  }
}
