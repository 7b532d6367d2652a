// The voices to choose from: those of the pools first, then every engine's by language.

const POOLS = { female: "Women’s pool", male: "Men’s pool", unknown: "Pool between the two" };

/** Name a voice by what tells it from others in the list. */
export function nameOfVoice(voice) {
  return voice ? `${voice.engine}\n${voice.id}` : "";
}

/**
 * Return `{groups, find, present}`: groups of options (`value`, `words`) for a list, in which the `role`'s
 * voice always stands; `find(value)` returns what the choice changes: engine and id, and in a pool's voice
 * all the rest; `present` is the first option of the role's own voice.
 * Of an engine's voices only those of a `language` are listed, all where it has none of that.
 */
export function listVoices({ engines, pools, descriptions }, role, language) {
  const found = new Map();
  const groups = [];
  const add = (label, voices, prefix = "") => {
    const options = voices.map((voice) => {
      const value = prefix + nameOfVoice(voice);
      found.set(value, voice);
      const sound = descriptions[voice.engine]?.[voice.id];
      return { value, words: sound ? `${voice.id} — ${sound}` : voice.id };
    });
    if (options.length) groups.push({ label, options });
  };
  // Who walks along from a woman's voice wants to hear other women's first.
  const order = Object.keys(pools).sort((one, other) => (other === role.gender) - (one === role.gender));
  for (const pool of order) add(POOLS[pool] ?? pool, pools[pool], `${pool}\n`);
  for (const engine of engines) {
    for (const [tag, voices] of groupByLanguage(choose(engine.voices, language))) {
      const label = `${engines.length > 1 ? `${engine.name}, ` : ""}${nameLanguage(tag)}`;
      add(
        label,
        voices.map(({ id }) => ({ engine: engine.name, id })),
      );
    }
  }
  const own = nameOfVoice(role.voice);
  if (!found.has(own)) {
    add("Now", [{ engine: role.voice.engine, id: role.voice.id }]);
    groups.unshift(groups.pop());
  }
  const present = [...found].find(([, voice]) => nameOfVoice(voice) === own)[0];
  return { groups, find: (value) => found.get(value), present };
}

function choose(voices, language) {
  const primary = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  const own = voices.filter((voice) => primary(voice.language) === primary(language));
  return own.length ? own : voices;
}

function groupByLanguage(voices) {
  const groups = new Map();
  for (const voice of voices) {
    if (!groups.has(voice.language)) groups.set(voice.language, []);
    groups.get(voice.language).push(voice);
  }
  return groups;
}

function nameLanguage(tag) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // no tag that a browser knows
  }
}
