import { parseAllDocuments } from "yaml";
import { Secret, type Value } from "../../shared/values.ts";
import { opened } from "./opened.ts";

/** An object as a manifest declares it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name?: string;
    generateName?: string;
    namespace?: string;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: any;
}

/**
 * The objects of a YAML text of any number of documents; lists are taken apart, empty documents left out.
 *
 * @param where names the text in errors, e.g. a file
 * @throws when the text is not YAML, or a document is no Kubernetes object
 */
export function parseManifests(text: string, where: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const problem = document.errors[0];
    if (problem) throw new Error(`${where} is not valid YAML: ${problem.message}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : manifestsOf(value, where);
  });
}

/**
 * The objects of a secret YAML text, with everything but their kinds and names marked as secret; errors show nothing
 * of it.
 */
export function parseSecretManifests(text: string, where: string): Manifest[] {
  return parseAllDocuments(text, { prettyErrors: false }).flatMap((document) => {
    const problem = document.errors[0];
    if (problem)
      throw new Error(
        `${where} is not valid YAML: ${problem.code} at character ${problem.pos[0] + 1}; ` +
          "it is secret, so it is not shown",
      );
    const value = secretValue(document, where);
    return value === null || value === undefined ? [] : manifestsOf(opened(value, true), where);
  });
}

function secretValue(document: { toJS(): unknown }, where: string): Value | undefined {
  try {
    return document.toJS() as Value | undefined;
  } catch {
    throw new Error(
      `${where} is not valid YAML: it has an alias (*name) of no anchor (&name), or too ` +
        "many; it is secret, so it is not shown",
    );
  }
}

/** One object, or those of a list. Throws when it is neither. */
export function manifestsOf(value: unknown, where: string): Manifest[] {
  const object = value as Partial<Manifest>;
  if (
    typeof object !== "object" ||
    object === null ||
    typeof object.apiVersion !== "string" ||
    typeof object.kind !== "string"
  )
    throw new Error(
      `${where} holds something that is no Kubernetes object: ${shown(value)}; an object has apiVersion and kind`,
    );
  if (object.kind.endsWith("List") && Array.isArray(object["items"]))
    return (object["items"] as unknown[]).flatMap((item) => manifestsOf(item, where));
  if (!object.metadata?.name && !object.metadata?.generateName)
    throw new Error(`${where} holds a ${object.kind} without metadata.name`);
  return [object as Manifest];
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Secret ? "[secret]" : part)).slice(0, 200);
}
