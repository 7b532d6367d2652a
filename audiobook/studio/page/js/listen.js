// Listening to a finished story, in the studio.

import { api, coverAddress } from "./api.js";
import { make } from "./dom.js";
import { Player } from "./player/player.js";
import { address } from "./router.js";

/** Show the player of a story in `host`. */
export async function showListen(host, { name, say }) {
  const book = await api.player(name);
  if (book.tracks.length === 0) {
    const shelf = make("a", { href: address("shelf") }, "the shelf");
    const why = make("p", { class: "lead" }, "There is nothing to hear yet: make the story on ", shelf, ".");
    host.append(make("div", { class: "title-page" }, make("h1", { lang: book.language }, book.title), why));
    return { leave() {} };
  }
  const player = new Player(
    host,
    { ...book, cover: coverAddress(name) },
    {
      key: name,
      fail: (words) => say(words, { isError: true }),
      // Without its waveform the bar still seeks; there is nothing to tell.
      fetchPeaks: (track) => api.peaks(name, track.number).catch(() => []),
    },
  );
  return { leave: () => player.leave(), keys: player.keys };
}
