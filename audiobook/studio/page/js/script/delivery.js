// How a line is said, in the words of who listens.

const WORDS = {
  question: "as a question",
  exclamation: "as an exclamation",
  emphatic: "with words stressed",
  trailing: "trails off",
  interrupted: "breaks off",
};

/** Return how a line is said: "whispered, as a question"; empty where it is said plainly. */
export function tellDelivery({ delivery }) {
  // What a tag says of a voice is such a word already.
  return delivery.map((name) => WORDS[name] ?? name).join(", ");
}
