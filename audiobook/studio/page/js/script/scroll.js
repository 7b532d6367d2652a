// A long text, of which only what is near the eye is in the document: a novel has ten thousand lines.

import { make } from "../dom.js";

const NEAR = "1500px";
/** As the page sets it on a desk; elsewhere the guess is put right when a block comes near. */
const LETTERS_A_ROW = 62;
const ROW_REM = 2.06;

/** Where in the window one reads. */
const EYE = 1 / 3;

/**
 * Lay out `blocks` in `host`; `fill(block)` returns a block's elements, when it comes near, and `reach(block)`
 * is told of another block that comes to where one reads.  Returns `{reveal, remove}`.
 */
export function createScroll(host, blocks, fill, reach) {
  const filled = new Set();
  const places = blocks.map((block) => {
    const place = make("div", { class: "block", "data-block": block.index });
    place.style.minHeight = `${Math.ceil(guessRows(block) * ROW_REM)}rem`;
    return place;
  });
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) fillBlock(Number(entry.target.dataset.block));
    },
    { rootMargin: `${NEAR} 0px` },
  );

  function fillBlock(index) {
    const place = places[index];
    if (!place || filled.has(index)) return;
    filled.add(index);
    observer.unobserve(place);
    place.style.minHeight = "";
    place.replaceChildren(...fill(blocks[index]));
  }
  host.replaceChildren(...places);
  for (const place of places) observer.observe(place);

  let [reached, frame] = [null, 0];
  function look() {
    frame = 0;
    const block = blocks[findReached(places)];
    if (block !== reached && block) reach((reached = block));
  }
  const onScroll = () => (frame ||= requestAnimationFrame(look));
  window.addEventListener("scroll", onScroll, { passive: true });
  onScroll();

  return {
    /** Put a block and its neighbours into the document, so that it can be scrolled to. */
    reveal(index) {
      for (const near of [index - 1, index, index + 1]) fillBlock(near);
    },
    remove() {
      observer.disconnect();
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", onScroll);
    },
  };
}

/** Return the number of the last place that begins above where one reads, at least 0. */
function findReached(places) {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle].getBoundingClientRect().top <= innerHeight * EYE) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function guessRows({ paragraphs }) {
  const count = (lines) => lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  return paragraphs.reduce((sum, { lines }) => sum + Math.ceil(count(lines) / LETTERS_A_ROW), 0);
}

/** Bring an element to where it can be read, if it isn't there: `scroll-padding` says what lies over the edges. */
export function scrollTo(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  const isSeen = top > parseFloat(scrollPaddingTop) && bottom < innerHeight - parseFloat(scrollPaddingBottom);
  if (!isSeen) element.scrollIntoView({ block: "center" });
}
