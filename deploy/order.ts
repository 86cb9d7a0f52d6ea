import type { DeclaredMesh } from "../federation/config/declaredMesh.ts";

/** The order in which nothing is removed while a mesh imports it. Meshes in a cycle of imports are in any order. */
export function importersFirst(stacks: DeclaredMesh[]): DeclaredMesh[] {
  const uses = new Map(stacks.map((s) => [s.name, everythingUsedBy(s, stacks)]));
  const left = [...stacks];
  const ordered: DeclaredMesh[] = [];
  while (left.length > 0) {
    // The rest is a cycle of imports; one of its meshes is imported by no mesh outside of the cycle.
    const free = left.findIndex((s) =>
      left.every((other) => !uses.get(other.name)!.has(s.name) || uses.get(s.name)!.has(other.name) || other === s),
    );
    ordered.push(...left.splice(free, 1));
  }
  return ordered;
}

/** Names of the meshes that one imports from, directly or through others. */
function everythingUsedBy(start: DeclaredMesh, stacks: DeclaredMesh[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const next of stacks.find((s) => s.name === name)?.importsFrom ?? [])
      if (!found.has(next)) {
        found.add(next);
        visit(next);
      }
  };
  visit(start.name);
  return found;
}

/** The meshes that import from themselves by way of others: none of a circle can go first while all import. */
export function inCycles(stacks: DeclaredMesh[]): DeclaredMesh[] {
  return stacks.filter((stack) => everythingUsedBy(stack, stacks).has(stack.name));
}
