/** The engine's mark of a value that a preview does not know yet. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a preview does not know this value yet. An unknown value is no violation: `up` checks again. */
export function isUnknown(value: unknown): boolean {
  return value === unknownMark;
}

/**
 * What a reader finds, and undefined where it meets a value that is not known yet: the SDK throws there, and a rule
 * that throws looks at nothing else.
 */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as Error).constructor.name === "UnknownValueError") return undefined;
    throw error;
  }
}

/** An object in a property; empty where there is none, where it is null, and where it is something else. */
export function objectOf(value: unknown): Record<string, any> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** A list in a property; empty where there is none, where it is null, and where it is something else. */
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

/** The texts in a list; what is no text is left out. */
export function textsOf(value: unknown): string[] {
  return listOf(value).filter((v) => typeof v === "string");
}

/** A text in a property; undefined for anything else, an empty text included. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A text, number or boolean as text, as YAML and annotations mix them; empty for anything else. */
export function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** A number, or a text that is one; NaN for anything else. */
export function numberOf(value: unknown): number {
  return wordOf(value) === "" ? NaN : Number(wordOf(value));
}
