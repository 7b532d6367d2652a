// What is shown is what was asked for last: answers may come in another order than the questions.

/** Return a function that acts, and once more where it was asked to meanwhile, however often. */
export function oneAtATime(act) {
  let [now, isAskedAgain] = [null, false];
  return function ask() {
    isAskedAgain = now !== null;
    now ??= act().finally(() => {
      now = null;
      return isAskedAgain ? ask() : undefined;
    });
    return now;
  };
}
