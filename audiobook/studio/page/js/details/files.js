// What was made of a story, to take away: each file, and all of a kind or all at once in a ZIP.

import { fileAddress, zipAddress } from "../api.js";
import { make } from "../dom.js";
import { count, size } from "../words.js";
import { nameFormat } from "./formats.js";

const FEW = 3;

/** Return what is to be shown of the files of a story (`api.files`). */
export function showFiles(name, { folder, files }) {
  const current = files.filter((file) => !file.is_left);
  const left = files.filter((file) => file.is_left);
  if (files.length === 0) return [make("p", { class: "facts" }, "Nothing is made of it yet.")];
  const kinds = new Map();
  for (const file of current) kinds.set(file.format, [...(kinds.get(file.format) ?? []), file]);
  const all = `All as a ZIP (${size(addUp(current))})`;
  return [
    current.length > 1 ? make("p", {}, download(zipAddress(name), all, "plain")) : null,
    make("ul", { class: "kinds" }, [...kinds].map((kind) => showKind(name, kind, kinds.size > 1))),
    make("p", { class: "facts" }, `In ${folder}`),
    left.length ? make("p", { class: "facts" }, tellLeft(left)) : null,
  ].filter(Boolean);
}

/** Add up the sizes of files, in bytes. */
export function addUp(files) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function showKind(name, [format, files], hasOthers) {
  const words = nameFormat(format);
  const list = make("ul", {}, files.map((file) => showFile(name, file)));
  if (files.length <= FEW) return make("li", {}, list);
  const zip = hasOthers ? download(zipAddress(name, format), `${words} as a ZIP`, "plain") : null;
  const summary = make("summary", {}, words, " ", make("span", { class: "facts" }, describe(files)));
  return make("li", {}, make("details", {}, summary, list), zip);
}

function showFile(name, file) {
  const link = download(fileAddress(name, file.name), file.name, null);
  return make("li", { class: "file" }, link, make("span", { class: "facts" }, size(file.bytes)));
}

function describe(files) {
  return `${count(files.length, "file")}, ${size(addUp(files))}`;
}

function tellLeft(files) {
  const are = files.length === 1 ? "is left" : "are left";
  return `${count(files.length, "file")} ${are} of chapters or titles that are no more; narrate clean removes what is.`;
}

function download(href, words, kind) {
  return make("a", { class: kind, href, download: true }, words);
}
