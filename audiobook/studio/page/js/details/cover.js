// A story's cover: a picture that is chosen or dropped, the book's own, or a drawn one.

import { api, coverAddress, renewCovers } from "../api.js";
import { make, makeButton } from "../dom.js";
import { openUpload } from "../shelf/upload.js";

const TOLD = {
  book: () => "The book’s own picture.",
  drawn: () => "Drawn from title and author.",
  beside: ({ file }) => `${file}, beside the story.`,
};

/**
 * Make a story's cover: `{element, take(details), leave}`.  `does` has attempt, say, and `changed`, which is
 * called when there is another picture; `host` is marked while one is dragged over it.
 */
export function makeCover(host, name, does) {
  const image = make("img", { class: "cover" });
  const told = make("p", { class: "facts" });
  const upload = openUpload(host, (files) => files.length && change(() => api.bringCover(name, files[0])), {
    words: "Choose a picture…",
    accept: "image/*",
  });
  const away = makeButton("Take it away", {
    class: "plain",
    press: async () => {
      let gone = null;
      if (await change(async () => (gone = await api.removeCover(name))))
        does.say(gone.folder ? `The picture is in ${gone.folder} now.` : "The picture is in this machine’s bin now.");
    },
  });
  async function change(act) {
    const isDone = await does.attempt(act);
    if (isDone) {
      renewCovers();
      await does.changed();
    }
    return isDone;
  }
  const element = make(
    "div",
    { class: "own-cover" },
    image,
    told,
    make("div", { class: "row" }, upload.button, away),
  );
  return {
    element,
    take({ details, cover, error }) {
      image.hidden = error !== null;
      image.alt = `Cover of ${details.title.value}`;
      if (error === null) image.src = coverAddress(name);
      told.textContent = [TOLD[cover.origin](cover), ...cover.faults].join("\n");
      away.hidden = cover.file === null;
    },
    leave: upload.leave,
  };
}
