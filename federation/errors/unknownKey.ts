/**
 * An unknown key with what was probably meant: the nearest of the keys there are where it looks like a slip of the
 * hand, else all of them.
 */
export function unknownKey(given: string, keys: readonly string[]): string {
  const ranked = keys
    .map((key) => ({ key, distance: editDistance(given.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const nearest = ranked[0];
  const meant =
    nearest && nearest.distance <= Math.max(2, nearest.key.length / 3) ? `did you mean "${nearest.key}"? ` : "";
  return `"${given}"; ${meant}the keys there are: ${[...keys].sort().join(", ") || "none"}`;
}

/** How many characters must be put in, left out or changed to make one text the other. https://en.wikipedia.org/wiki/Levenshtein_distance */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
