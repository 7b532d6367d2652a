// A speaker's voice: try others with the speaker's own words, and keep one.  Nothing is written before.

import { make, makeButton } from "../dom.js";
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

/** Make the editor of a role's voice; `does.hear(role, voice)` and `does.keepVoice(role, changes)`. */
export function makeVoiceEditor(role, voices, does) {
  const draft = { ...role.voice };
  const changed = () => Object.keys(draft).filter((key) => draft[key] !== role.voice[key]);
  const keep = makeButton("Keep this voice", { class: "strong", press: () => does.keepVoice(role, pick(draft, changed())) });
  const reset = makeButton("Put it back", { class: "plain", press: putBack });
  const buttons = make("div", { class: "row", hidden: true }, keep, reset);
  const select = makeVoiceSelect(role, voices, (picked) => turn(picked));
  const sliders = Object.keys(SLIDERS).map((key) => makeSlider(key, role, voices.ranges[key], (value) => turn({ [key]: value })));

  function show() {
    select.show(draft);
    for (const slider of sliders) slider.show(draft);
    buttons.hidden = changed().length === 0;
  }
  function turn(change) {
    Object.assign(draft, change);
    show();
    if (role.first_line !== null) does.hear(role, draft);
  }
  function putBack() {
    Object.assign(draft, role.voice);
    show();
  }
  show();
  const label = `Voice of ${speakerName(role.narrator ? "narrator" : role.name)}`;
  return make("fieldset", { class: "voice" }, make("legend", { class: "unseen" }, label), select.element, sliders.map(({ element }) => element), buttons);
}

function pick(voice, keys) {
  const wanted = Object.fromEntries(keys.map((key) => [key, voice[key]]));
  // An id alone would be looked for in the engine of the settings.
  return "id" in wanted || "engine" in wanted ? { ...wanted, engine: voice.engine, id: voice.id } : wanted;
}

/** Make the list of voices with a button on either side, so that one can walk along by ear. */
function makeVoiceSelect(role, voices, turn) {
  const id = `voice-${role.narrator ? "narrator" : (role.name ?? "somebody")}`;
  const select = make("select", { id });
  const { groups, find } = listVoices(voices, role.voice);
  for (const { label, options } of groups) {
    select.append(make("optgroup", { label }, options.map(({ value, words }) => make("option", { value }, words))));
  }
  const walk = (step) => {
    const next = (select.selectedIndex + step + select.length) % select.length;
    select.selectedIndex = next;
    turn(find(select.value));
  };
  select.addEventListener("change", () => turn(find(select.value)));
  const button = (words, picture, step) => makeButton(words, { picture, isQuiet: true, class: "round", press: () => walk(step) });
  const element = make("div", { class: "field" }, make("label", { for: id }, "Voice"), make("div", { class: "walk" }, button("Previous voice", "back", -1), select, button("Next voice", "forward", 1)));
  return {
    element,
    show(voice) {
      // A voice stands in the list twice where a pool has it: walking on must not jump between the two.
      if (nameOfVoice(find(select.value)) !== nameOfVoice(voice)) select.value = nameOfVoice(voice);
    },
  };
}

function makeSlider(key, role, [low, high], turn) {
  const { words, step, show, say } = SLIDERS[key];
  const id = `${key}-${role.narrator ? "narrator" : (role.name ?? "somebody")}`;
  const input = make("input", { type: "range", id, min: low, max: high, step });
  const output = make("output", { for: id, class: "facts" });
  const tell = () => {
    output.textContent = show(Number(input.value));
    input.setAttribute("aria-valuetext", say(Number(input.value)));
  };
  input.addEventListener("input", tell);
  input.addEventListener("change", () => turn(Number(input.value)));
  return {
    element: make("div", { class: "slider" }, make("label", { for: id }, words), input, output),
    show(voice) {
      input.value = voice[key];
      tell();
    },
  };
}
