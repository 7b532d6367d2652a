// Numbers as a person says them.

/** Return seconds as on a clock: 4:05, 1:02:09. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Return seconds in words: "1 hour 2 minutes", "45 seconds". */
export function lasting(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return count(whole, "second");
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return count(minutes, "minute");
  const rest = minutes % 60;
  return count(Math.floor(minutes / 60), "hour") + (rest ? ` ${count(rest, "minute")}` : "");
}

/** Return a place in a track in words, to the second, as a slider says it. */
export function place(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes ? `${count(minutes, "minute")} ${count(whole % 60, "second")}` : count(whole, "second");
}

/** Return "1 line", "2,000 lines". */
export function count(number, noun, nouns = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}

/** Return so many bytes as "12 kB", "340 MB", "1.2 GB". */
export function size(bytes) {
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  const number = bytes / unit;
  return `${number.toLocaleString("en", { maximumFractionDigits: number < 10 && unit > 1e3 ? 1 : 0 })} ${name}`;
}

/** Return a chapter's title with its number, where that doesn't say it already. */
export function nameChapter({ number, title }) {
  if (!number) return title || "Credits";
  return new RegExp(`\\b${number}\\b`).test(title) ? title : `${number}. ${title}`;
}

/** Return a share of one as "18 %", and a small one as "under 1 %". */
export function percent(share) {
  return share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`;
}

/** Return words as they are compared where something is sought: without capitals and accents. */
export function fold(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Return a name as the beginning of a line has it: "her grandfather" → "Her grandfather". */
export function capital(name) {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
