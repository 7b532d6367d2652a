// A speaker's voice: try others with the speaker's own words, and keep one.  Nothing is written before.

import { make, makeButton } from "../dom.js";
import { speakerName } from "../speakers.js";
import { makeSlider, SLIDERS } from "./slider.js";
import { openVoiceDialog } from "./voice-dialog.js";
import { VoiceList } from "./voice-list.js";

/**
 * Make the editor of a role's voice, which can be used once the promise of `voices` (api/voices) is kept;
 * `does.hear(role, voice)` and `does.keepVoice(role, changes)`.
 */
export function makeVoiceEditor(role, { voices, language, does }) {
  const draft = { ...role.voice };
  const changed = () => Object.keys(draft).filter((key) => draft[key] !== role.voice[key]);
  const keep = makeButton("Keep this voice", {
    class: "strong",
    press: () => does.keepVoice(role, pick(draft, changed())),
  });
  const reset = makeButton("Put it back", {
    class: "plain",
    press: () => turn(role.voice, { isHeard: false }),
  });
  const hear = (words, voice) =>
    makeButton(words, { class: "plain", picture: "play", press: () => does.hear(role, voice) });
  const buttons = make(
    "div",
    { class: "row", hidden: true },
    keep,
    reset,
    hear("As it was", role.voice),
    hear("As it is now", draft),
  );
  let known = null;
  const choose = makeButton("Choose by ear…", {
    class: "plain",
    press: () =>
      openVoiceDialog(role, { known, language, draft, sentence: does.sentence(), does, take: (voice) => turn(voice) }),
  });
  const controls = [
    new VoiceList(role, language, turn),
    ...Object.keys(SLIDERS).map((key) => makeSlider(key, turn)),
  ];

  function show() {
    for (const control of controls) control.show(draft);
    buttons.hidden = changed().length === 0;
  }
  function turn(change, { isHeard = true } = {}) {
    Object.assign(draft, change);
    show();
    if (isHeard && (role.first_line !== null || does.sentence())) does.hear(role, draft);
  }
  const [list, ...sliders] = controls.map((each) => each.element);
  const element = frame(role, [list, make("div", { class: "row" }, choose), ...sliders, buttons]);
  show();
  voices.then(
    (told) => {
      known = told;
      for (const control of controls) control.offer(known);
      show();
      element.disabled = false;
    },
    () => {}, // the view says what went wrong
  );
  return element;
}

function frame(role, children) {
  const name = speakerName(role.narrator ? "narrator" : role.name);
  const legend = make("legend", { class: "unseen" }, `Voice of ${name}`);
  return make("fieldset", { class: "voice", disabled: true }, legend, children);
}

function pick(voice, keys) {
  const wanted = Object.fromEntries(keys.map((key) => [key, voice[key]]));
  // An id alone would be looked for in the engine of the settings.
  return "id" in wanted || "engine" in wanted ? { ...wanted, engine: voice.engine, id: voice.id } : wanted;
}
