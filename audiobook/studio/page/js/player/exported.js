// The exported player: a page of its own, whose data is a script that sets `narrateBook`.

import { makeButton } from "../dom.js";
import { createKeys } from "../keys.js";
import { createNotices } from "../notices.js";
import { Player } from "./player.js";

const book = globalThis.narrateBook;
const say = createNotices(document.getElementById("notices"));
const player = new Player(document.getElementById("main"), book, {
  key: book.key,
  fail: (words) => say(words, { isError: true }),
});
const keys = createKeys(document.getElementById("keys"));
keys.use(player.keys);
document.getElementById("tools").append(makeButton("Keys", { class: "plain", press: keys.show }));
