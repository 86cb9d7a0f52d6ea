/**
 * What to write instead of an unknown key: the nearest known key where the given one looks like a typing error, and all
 * known keys.
 */
export function knownKeys(given: string, keys: readonly string[]): string {
  const ranked = keys
    .map((key) => ({ key, distance: editDistance(given.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const nearest = ranked[0];
  const isTypingError = nearest && nearest.distance <= Math.max(2, nearest.key.length / 3);
  const meant = isTypingError ? `Did you mean "${nearest.key}"? ` : "";
  return `${meant}Known keys: ${[...keys].sort().join(", ") || "none"}`;
}

/** Number of characters to insert, delete or replace. https://en.wikipedia.org/wiki/Levenshtein_distance */
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
