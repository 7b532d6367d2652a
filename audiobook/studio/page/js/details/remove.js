// A story is taken off the shelf; what becomes of the files that were made of it is asked first.

import { api } from "../api.js";
import { make, makeButton, newId } from "../dom.js";
import { count, size } from "../words.js";
import { addUp } from "./files.js";

/**
 * Ask, and remove a story; `does` has attempt, `goes(isGoing)`, which is told that it begins (and that it failed),
 * and `gone(words)`, which is told where it is now.
 */
export async function removeStory({ name, file, title }, does) {
  let made = null;
  if (!(await does.attempt(async () => (made = await api.files(name))))) return;
  openDialog({ file, title, made }, async (choice) => {
    let answer = null;
    does.goes(true);
    if (await does.attempt(async () => (answer = await api.remove(name, choice)))) {
      does.gone(
        answer.folder
          ? `“${title}” is in ${answer.folder} now; to have it back, move its files to where they were.`
          : `“${title}” is in this machine’s bin; put back from there, it is on the shelf again.`,
      );
    } else {
      does.goes(false);
    }
  });
}

function openDialog({ file, title, made }, remove) {
  const id = newId("remove");
  const choice = makeChoice(made);
  const press = () => {
    dialog.close();
    remove(choice.value());
  };
  const dialog = make(
    "dialog",
    { class: "card removing", "aria-labelledby": id },
    make("h2", { id }, `Remove “${title}”?`),
    make("p", {}, `Its text (${file}) goes to this machine’s bin, from which it can be put back. `,
      "What voices.yaml says of it stays there."),
    choice.element,
    make(
      "div",
      { class: "row" },
      makeButton("Remove", { class: "strong", press }),
      makeButton("Cancel", { class: "plain", press: () => dialog.close() }),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function makeChoice({ folder, files }) {
  if (files.length === 0) return { element: "", value: () => "stay" };
  const name = newId("made");
  const radio = (value, words) => {
    const input = make("input", { type: "radio", name, value, checked: value === "stay" });
    return { input, label: make("label", { class: "choice" }, input, make("span", {}, words)) };
  };
  const [stay, go] = [radio("stay", `stays in ${folder}, until narrate clean`), radio("go", "goes to the bin, too, with its folder")];
  const element = make(
    "fieldset",
    {},
    make("legend", {}, `What was made of it (${count(files.length, "file")}, ${size(addUp(files))})`),
    stay.label,
    go.label,
  );
  return { element, value: () => (go.input.checked ? "go" : "stay") };
}
