/** The least version of Node that can `require` ES modules. */
export const leastNode = ">=22.12";

/** What a package takes from this repository's package.json. */
export interface Manifest {
  version: string;
  license: string;
  dependencies: Record<string, string>;
}

/**
 * The versions of packages that this project tests, and later ones without breaking changes.
 * @throws Error for a package that package.json does not list
 */
export function versionsOf(own: Manifest, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const version = own.dependencies[name];
      if (version === undefined) throw new Error(`a package imports ${name}, which package.json does not list`);
      return [name, `^${version}`];
    }),
  );
}
