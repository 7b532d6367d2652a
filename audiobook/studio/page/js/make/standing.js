// How a story stands with the making: what its button says, and whether it is at work or waits.

/** What the button that makes a story says, by the story's state; a story that is made has none. */
export const MAKE = { unmade: "Make", part: "Make the rest", stale: "Make anew" };

/** The states in which something of a story can be heard. */
const HEARD = ["made", "part", "stale"];

/**
 * Return what the event `state` says of a story: `{counts, isQueued}`; `counts` are those of its making, null
 * where it isn't being made now.
 */
export function standingOf(name, state) {
  return {
    counts: state?.stories?.[name] ?? null,
    isQueued: state?.queue?.some((each) => each.name === name) ?? false,
  };
}

/** Tell whether there is something to hear of a story. */
export function canBeHeard(story, { counts }) {
  return HEARD.includes(story.state) || (counts?.files ?? 0) > 0;
}
