// What the page says to a person: one line at its foot, which a screen reader speaks too.

import { make, makeButton } from "./dom.js";

const SHOWN_MS = 8000;

/** Return `say(words, {isError, action})`, which shows one notice at a time in `host`, a live region; `say.hide()`. */
export function createNotices(host) {
  let timer = 0;
  const hide = () => host.replaceChildren();
  function say(words, { isError = false, action = null } = {}) {
    clearTimeout(timer);
    const notice = make("div", { class: isError ? "notice notice-error" : "notice" }, make("p", {}, words));
    if (action)
      notice.append(makeButton(action.words, { class: "plain", press: () => (hide(), action.run()) }));
    notice.append(
      makeButton("Close this notice", { picture: "close", isQuiet: true, class: "round", press: hide }),
    );
    host.replaceChildren(notice);
    // What went wrong stays until it is read.
    if (!isError) timer = setTimeout(hide, SHOWN_MS);
  }
  return Object.assign(say, { hide });
}
