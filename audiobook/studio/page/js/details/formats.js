// What a story is written as.

import { make, makeButton } from "../dom.js";

const WORDS = {
  mp3: ["MP3", "a file for each chapter, which everything plays"],
  opus: ["Opus", "the same, much smaller"],
  flac: ["FLAC", "the same without loss, larger"],
  m4b: ["M4B", "the whole book in one file, with chapters"],
  epub: ["EPUB", "the book with its sound: words are marked as they are read"],
  lpf: ["LPF", "the whole book by the W3C’s standard for audiobooks"],
  podcast: ["Podcast", "a feed of the chapters, for an address on the web"],
  vtt: ["WebVTT", "captions beside the MP3s, with speakers"],
  srt: ["SRT", "captions, the words alone"],
  lrc: ["LRC", "captions, a line for each sentence"],
  words: ["Words", "when each word sounds, as JSON"],
  sample: ["Sample", "the first minutes of the book, five at most"],
};

/** Return a format's name as people write it. */
export function nameFormat(format) {
  return WORDS[format]?.[0] ?? format;
}

/** Make the choice of formats: `{element, take(formats, isStated)}`; `write(formats)`, null states none. */
export function makeFormats(known, write) {
  const boxes = known.map((format) => makeBox(format, () => write(chosen())));
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ format }) => format);
  const back = makeButton("As all stories", { class: "link", press: () => write(null) });
  const stated = make("p", { class: "facts stated", hidden: true }, "Stated for this story alone. ", back);
  const element = make(
    "fieldset",
    { class: "formats" },
    make("legend", {}, "Formats"),
    boxes.map(({ row }) => row),
    stated,
  );
  return {
    element,
    take(formats, isStated) {
      for (const { input, format } of boxes) input.checked = formats.includes(format);
      stated.hidden = !isStated;
    },
  };
}

function makeBox(format, change) {
  const input = make("input", { type: "checkbox", on: { change } });
  const [name, words] = WORDS[format] ?? [format, ""];
  const row = make(
    "label",
    { class: "format" },
    input,
    make("span", {}, name),
    make("span", { class: "facts" }, words),
  );
  return { format, input, row };
}
