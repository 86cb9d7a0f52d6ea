/** Steps of a property path, e.g. `spec.ports[0]["a.b"]`; `*` stands for any key or index. */
export type PropertyPath = (string | number)[];

/**
 * Reads a property path as the option `ignoreChanges` writes it.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
 *
 * @throws on what is none
 */
export function parsePropertyPath(text: string): PropertyPath {
  const path: PropertyPath = [];
  const step = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (step.lastIndex < text.length) {
    const [, key, index, any, quoted] = step.exec(text) ?? [];
    if (index !== undefined) path.push(Number(index));
    else if ((key ?? any ?? quoted) === undefined)
      throw new Error(
        `the property path ${JSON.stringify(text)} cannot be read; write it like ` +
          `spec.ports[0].port or metadata.annotations["a.b/c"]`,
      );
    else path.push(key ?? any ?? quoted!.replaceAll(/\\(.)/g, "$1"));
  }
  return path;
}

/** Whether `inner` is at or below `outer`. */
export function contains(outer: PropertyPath, inner: PropertyPath): boolean {
  return outer.length <= inner.length && outer.every((step, i) => step === "*" || step === inner[i]);
}
