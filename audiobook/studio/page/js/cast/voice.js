// A speaker's voice: try others with the speaker's own words, and keep one.  Nothing is written before.

import { make, makeButton, newId } from "../dom.js";
import { speakerName } from "../speakers.js";
import { listVoices, nameOfVoice } from "./voices.js";

const SLIDERS = {
  rate: { words: "Rate", step: 5, show: String, say: (value) => `${value} words a minute` },
  pitch: { words: "Pitch", step: 1, show: String, say: (value) => `${value} of 100` },
  volume: { words: "Volume", step: 0.05, show: showPercent, say: showPercent },
};

function showPercent(value) {
  return `${Math.round(value * 100)} %`;
}

/**
 * Make the editor of a role's voice, which can be used once the promise of `voices` (api/voices) is kept;
 * `does.hear(role, voice)` and `does.keepVoice(role, changes)`.
 */
export function makeVoiceEditor(role, { voices, language, does }) {
  const draft = { ...role.voice };
  const changed = () => Object.keys(draft).filter((key) => draft[key] !== role.voice[key]);
  const keep = makeButton("Keep this voice", { class: "strong", press: () => does.keepVoice(role, pick(draft, changed())) });
  const reset = makeButton("Put it back", { class: "plain", press: () => turn(role.voice, { isHeard: false }) });
  const buttons = make("div", { class: "row", hidden: true }, keep, reset);
  const controls = [makeVoiceSelect(role, language, turn), ...Object.keys(SLIDERS).map((key) => makeSlider(key, turn))];

  function show() {
    for (const control of controls) control.show(draft);
    buttons.hidden = changed().length === 0;
  }
  function turn(change, { isHeard = true } = {}) {
    Object.assign(draft, change);
    show();
    if (isHeard && role.first_line !== null) does.hear(role, draft);
  }
  const legend = make("legend", { class: "unseen" }, `Voice of ${speakerName(role.narrator ? "narrator" : role.name)}`);
  const element = make("fieldset", { class: "voice", disabled: true }, legend, controls.map((each) => each.element), buttons);
  show();
  voices.then(
    (known) => {
      for (const control of controls) control.offer(known);
      show();
      element.disabled = false;
    },
    () => {}, // the view says what went wrong
  );
  return element;
}

function pick(voice, keys) {
  const wanted = Object.fromEntries(keys.map((key) => [key, voice[key]]));
  // An id alone would be looked for in the engine of the settings.
  return "id" in wanted || "engine" in wanted ? { ...wanted, engine: voice.engine, id: voice.id } : wanted;
}

/** Make the list of voices with a button on either side, so that one can walk along by ear. */
function makeVoiceSelect(role, language, turn) {
  const id = newId("voice");
  const select = make("select", { id });
  let [find, known] = [() => null, null];
  /** List the voices when they are wanted, and not before: there are a thousand for each of the cards. */
  function fill(voices = known) {
    if (!voices) return;
    known = null;
    const list = listVoices(voices, role, language);
    find = list.find;
    const option = ({ value, words }) => make("option", { value }, words);
    select.replaceChildren(...list.groups.map(({ label, options }) => make("optgroup", { label }, options.map(option))));
    select.value = list.present;
  }
  const walk = (step) => {
    fill();
    select.selectedIndex = (select.selectedIndex + step + select.length) % select.length;
    turn(find(select.value));
  };
  select.addEventListener("change", () => turn(find(select.value)));
  const button = (words, picture, step) => makeButton(words, { picture, isQuiet: true, class: "round", press: () => walk(step) });
  const row = make("div", { class: "walk" }, button("Previous voice", "back", -1), select, button("Next voice", "forward", 1));
  for (const event of ["pointerdown", "focus"]) select.addEventListener(event, () => fill());
  fill({ engines: [], pools: {} });
  return {
    element: make("div", { class: "field" }, make("label", { for: id }, "Voice"), row),
    offer(voices) {
      known = voices;
    },
    show(voice) {
      // A voice stands in the list twice where a pool has it: walking on must not jump between the two.
      if (nameOfVoice(find(select.value)) !== nameOfVoice(voice)) select.value = nameOfVoice(voice);
    },
  };
}

function makeSlider(key, turn) {
  const { words, step, show, say } = SLIDERS[key];
  const id = newId(key);
  const input = make("input", { type: "range", id, step });
  const output = make("output", { for: id, class: "facts" });
  const tell = (value) => {
    output.textContent = show(value);
    input.setAttribute("aria-valuetext", say(value));
  };
  input.addEventListener("input", () => tell(Number(input.value)));
  input.addEventListener("change", () => turn({ [key]: Number(input.value) }));
  return {
    element: make("div", { class: "slider" }, make("label", { for: id }, words), input, output),
    offer({ ranges }) {
      [input.min, input.max] = ranges[key];
    },
    show(voice) {
      input.value = voice[key];
      tell(voice[key]);
    },
  };
}
