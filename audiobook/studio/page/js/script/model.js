// A story's script as the view needs it: its lines in order, and cut into blocks of about a screen.

import { NARRATOR } from "../speakers.js";

const LINES_A_BLOCK = 40;

/** What is said of a line whose statement was taken out of voices.yaml, until the text tells again. */
export const AWAITED = "The story is being read again, to find who says this.";

/**
 * Return `{lines, blocks, unsure}` of a script (the answer of api/stories/NAME).  A line is an utterance
 * that also knows its `block` and `scene` (a number), and whether it `opens` and `closes` what stands between quotation marks; it
 * `isAwaited` where its id is among `awaited`: whose it is, is not known before the story is read again.
 * A block is a list of paragraphs of the chapter at `chapterPlace`, each with its `lines`, the `chapter`
 * where it is that chapter's first, else null.
 */
export function arrange(script, awaited = new Set()) {
  const lines = [];
  const blocks = [];
  let scene = 0;
  for (const [chapterPlace, chapter] of script.chapters.entries()) {
    let block = null;
    for (const [position, paragraph] of chapter.paragraphs.entries()) {
      if (position === 0 || paragraph.scene) scene += 1;
      if (block === null || block.count >= LINES_A_BLOCK) {
        block = { index: blocks.length, chapterPlace, paragraphs: [], count: 0 };
        blocks.push(block);
      }
      const own = paragraph.utterances.map((line, place, all) => ({
        ...line,
        block: block.index,
        scene,
        isAwaited: line.stated === null && awaited.has(line.id),
        opens: line.kind === "speech" && !isSame(line, all[place - 1]),
        closes: line.kind === "speech" && !isSame(line, all[place + 1]),
      }));
      lines.push(...own);
      block.paragraphs.push({ ...paragraph, lines: own, chapter: position === 0 ? chapter : null });
      block.count += own.length;
    }
  }
  return { lines, blocks, unsure: lines.filter((line) => line.doubtful && line.opens) };
}

/** Tell whether two neighbours stand between the same quotation marks. */
function isSame(line, other) {
  return other?.kind === "speech" && other.quotation === line.quotation && other.speaker === line.speaker;
}

/** How far a line can move when its neighbours become one with it, or part from it. */
const REACH = 8;

/**
 * Return what an old line is in another script of the same text: the nearest that shares its words and
 * begins where it did, as far as lines know that.
 */
export function findAgain(lines, old) {
  const place = placeOf(old);
  const sharesWords = (line) => line && (line.text.includes(old.text) || old.text.includes(line.text));
  const isThere = (line) => sharesWords(line) && (place === null || placeOf(line) === place);
  for (const isIt of [isThere, sharesWords]) {
    for (let away = 0; away <= REACH; away += 1) {
      const found = [lines[old.id + away], lines[old.id - away]].find(isIt);
      if (found) return found;
    }
  }
  return lines[old.id] ?? null;
}

/** Return what a line of another text is in `lines`: the one of its words, where there was and is one alone. */
export function findMoved(lines, before, old) {
  const same = ({ kind, text }) => kind === old.kind && text === old.text;
  const found = lines.filter(same);
  return found.length === 1 && before.filter(same).length === 1 ? found[0] : null;
}

/** Return where in the text the words between quotation marks begin, of which a line is a part; else null. */
function placeOf(line) {
  return line.quotation ?? line.stated;
}

/** Return the unsure line after (`step` 1) or before (−1) a line, going round at the ends. */
export function findUnsure(unsure, id, step) {
  const beyond = step > 0 ? unsure.filter((line) => line.id > id) : unsure.filter((line) => line.id < id);
  const found = step > 0 ? beyond[0] : beyond.at(-1);
  return found ?? (step > 0 ? unsure[0] : unsure.at(-1)) ?? null;
}

/** Return all the words between a line's quotation marks; of what nobody says, the line's own. */
export function wordsOf(lines, line) {
  if (line.quotation === null) return line.text;
  let [first, last] = [line.id, line.id];
  while (isSame(line, lines[first - 1])) first -= 1;
  while (isSame(line, lines[last + 1])) last += 1;
  return lines
    .slice(first, last + 1)
    .map(({ text }) => text)
    .join(" ");
}

/** How many lines to either side of one belong to its scene, at most. */
const SCENE = 40;

/** Return who speaks around a line, until a new scene or chapter, those first who are nearest; itself first. */
export function findCompany(lines, line) {
  const names = new Set([line.speaker]);
  const isOpen = { [-1]: true, 1: true };
  for (let away = 1; away <= SCENE; away += 1) {
    for (const step of [-1, 1]) {
      const before = lines[line.id + step * (away - 1)];
      const other = lines[line.id + step * away];
      isOpen[step] &&= other !== undefined && other.scene === before.scene;
      if (isOpen[step] && other.kind === "speech") names.add(other.speaker);
    }
  }
  names.delete(null);
  names.delete(NARRATOR);
  return [...names];
}
