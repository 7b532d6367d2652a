// A paragraph of a script as a person reads it: as a page of a book, or as a printed play.

import { make } from "../dom.js";
import { NARRATOR, speakerClass, speakerName } from "../speakers.js";

/** Return the elements of a paragraph in a `layout`, "page" or "play". */
export function setParagraph(paragraph, layout, script) {
  const title = script.chapters.length > 1 && paragraph.chapter?.title;
  const elements = title && !paragraph.heading ? [make("h2", { class: "chapter-title" }, title)] : [];
  if (paragraph.scene)
    elements.push(make("div", { class: "scene", role: "separator", "aria-label": "New scene" }));
  if (paragraph.heading) {
    elements.push(make("h2", { class: "chapter-title" }, joinLines(paragraph.lines, script)));
  } else if (layout === "play") {
    elements.push(...setSpeeches(paragraph, script));
  } else {
    const isFirst = paragraph.chapter !== null || paragraph.scene;
    elements.push(make("p", { class: classes(paragraph, isFirst) }, joinLines(paragraph.lines, script)));
  }
  return elements;
}

function classes(paragraph, isFirst) {
  const kind = paragraph.lines[0]?.kind === "credit" ? "credit" : "prose";
  return isFirst ? `${kind} first` : kind;
}

/** Set neighbouring lines of one speaker as one speech, and what nobody says as a stage direction. */
function setSpeeches(paragraph, script) {
  const groups = [];
  for (const line of paragraph.lines) {
    const last = groups.at(-1);
    if (last && ["speaker", "kind", "isAwaited"].every((key) => last[0][key] === line[key])) last.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => {
    const { speaker, kind, isAwaited } = group[0];
    const words = joinLines(group, script);
    if (kind !== "speech" || speaker === NARRATOR) return make("p", { class: "direction" }, words);
    const name = make(
      "span",
      { class: `name ${isAwaited ? "voice-none" : speakerClass(script.characters, speaker)}` },
      isAwaited ? "…" : speakerName(speaker),
    );
    return make("p", { class: "speech" }, name, make("span", { class: "said" }, words));
  });
}

function joinLines(lines, script) {
  return lines.flatMap((line, place) => (place ? [" ", setLine(line, script)] : [setLine(line, script)]));
}

/** Return one line: a button in the running text, which speaks it. */
function setLine(line, script) {
  const isSpeech = line.kind === "speech";
  const isSomebodys = isSpeech && !line.isAwaited;
  const names = ["line", isSomebodys ? speakerClass(script.characters, line.speaker) : "voice-none"];
  if (isSpeech) names.push("is-speech");
  if (line.opens) names.push("opens");
  if (line.closes) names.push("closes");
  if (line.doubtful) names.push("is-unsure");
  if (line.isAwaited) names.push("is-awaited");
  const who = isSomebodys ? make("span", { class: "unseen" }, `${speakerName(line.speaker)}: `) : null;
  const mark = line.doubtful && line.closes ? make("span", { class: "unseen" }, " (unsure)") : null;
  return make(
    "span",
    { class: names.join(" "), role: "button", tabindex: "-1", "data-id": line.id },
    who,
    line.text,
    mark,
  );
}
