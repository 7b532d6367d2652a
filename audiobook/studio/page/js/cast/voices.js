// The voices to choose from: those of the pools first, then every engine's by language.

import { capital } from "../words.js";

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

/**
 * Return the voices of a language to choose from by ear, those of the built-in casts and the pools first:
 * `{voice, words, facts, gender, accent, isCast}`; `voice` is what the choice changes.
 */
export function describeVoices({ engines, pools, descriptions }, role, language) {
  const described = [];
  const seen = new Set();
  const names = new Map(
    engines.flatMap(({ name, voices }) => voices.map((each) => [nameOfVoice({ engine: name, id: each.id }), each])),
  );
  const add = (voice, gender, isCast) => {
    const key = nameOfVoice(voice);
    if (seen.has(key)) return;
    seen.add(key);
    const { name, language: tag, gender: own } = names.get(key) ?? { name: voice.id, language, gender: "unknown" };
    const accent = nameAccent(tag, name);
    const sound = descriptions[voice.engine]?.[voice.id];
    const kind = { female: "Woman", male: "Man", unknown: "" }[gender ?? own];
    const says = !sound || /\b(?:man|woman)\b/.test(sound) || !kind ? (sound ?? name) : `${kind}, ${sound}`;
    const facts = [sound ? name : "", name.includes("(") ? "" : accent, engines.length > 1 ? voice.engine : ""].filter(Boolean).join(", ");
    described.push({ voice, words: capital(says), facts, gender: gender ?? own, accent, isCast });
  };
  for (const [gender, voices] of Object.entries(pools)) for (const voice of voices) add(voice, gender, true);
  for (const [engine, sounds] of Object.entries(descriptions)) {
    for (const id of Object.keys(sounds)) add({ engine, id }, genderOf(sounds[id]), true);
  }
  for (const engine of engines) {
    for (const { id } of choose(engine.voices, language)) add({ engine: engine.name, id }, null, false);
  }
  return described;
}

/** Name an accent: by its country where that is all, else as the engine does ("English (Lancaster), belinda"). */
function nameAccent(tag, name) {
  const own = name.match(/\(([^)]+)\)/)?.[1];
  return own && !/^[a-z]+-[a-z]{2}$/i.test(tag) ? own : nameLanguage(tag);
}

function genderOf(sound) {
  if (/between a man/.test(sound)) return "unknown";
  if (/\bwoman\b/.test(sound)) return "female";
  return /\bman\b/.test(sound) ? "male" : null;
}

/** Return the accents of described voices, by name. */
export function accentsOf(voices) {
  return [...new Set(voices.map(({ accent }) => accent))].sort((one, other) => one.localeCompare(other));
}
