/** Items of one kind that are all shown, and how many are shown of more. */
const few = 4;
export const shownOfMany = 3;

/** An item that is shown, with the number of further ones of its kind that are left out behind it. */
export interface Shown<T> {
  item: T;
  left: number;
}

/** The first three items of each kind, in the order of the items; all of a kind that has at most four. */
export function shorten<T>(items: readonly T[], kindOf: (item: T) => string = () => ""): Shown<T>[] {
  const sizes = new Map<string, number>();
  for (const kind of items.map(kindOf)) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
  const seen = new Map<string, number>();
  return items.flatMap((item) => {
    const kind = kindOf(item);
    const [size, place] = [sizes.get(kind)!, (seen.get(kind) ?? 0) + 1];
    seen.set(kind, place);
    if (size > few && place > shownOfMany) return [];
    return [{ item, left: size > few && place === shownOfMany ? size - place : 0 }];
  });
}
