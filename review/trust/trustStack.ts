import { membersOf } from "../changes/stackChanges.ts";
import { list, listChange, settingChanges, valueChange, type Change } from "../changes/words.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import type { DeclaredStack } from "../revision/revision.ts";
import { compareWith } from "./meshTrust.ts";

/** A trust stack in a revision. */
export interface TrustStack {
  declared: DeclaredStack;
  /** The meshes whose CA it signs, by name. */
  meshes: ReadonlyMap<string, SignedMesh>;
}

/** A mesh whose CA a trust stack signs, as far as the configuration is of the expected form. */
interface SignedMesh {
  /** Trust domain whose identities the CA can issue. */
  trustDomain: string;
  /** Where the request for the CA comes from. */
  request: string;
}

/** The trust stacks of a revision: each signs for the entries of its key `meshes`, and for mesh stacks that name it. */
export function trustStacks(stacks: readonly DeclaredStack[], { meshes }: PlannedFederation): TrustStack[] {
  return stacks
    .filter(({ role }) => role === "trust")
    .map((declared) => {
      const own = meshes.flatMap(({ name, stack, config: { ca, mesh } }): [string, SignedMesh][] =>
        ca.provider === "shared" && ca.stack.split("/").at(-1) === declared.stack
          ? [[name, { trustDomain: mesh.trustDomain, request: `of stack ${stack}` }]]
          : [],
      );
      return { declared, meshes: new Map([...own, ...Object.entries(membersOf(declared.raw["meshes"])).map(signed)]) };
    });
}

function signed([name, value]: [string, unknown]): [string, SignedMesh] {
  const { trustDomain, stack, requestFile } = membersOf(value);
  const request = requestFile === undefined ? `of stack ${text(stack)}` : `in ${text(requestFile)}`;
  return [name, { trustDomain: text(trustDomain), request }];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "not stated");
}

/**
 * The changes of a trust stack: its roots, and the meshes whose CA it signs. What it signs can issue every identity of
 * the trust domain that it names.
 */
export function trustStackChanges(before: TrustStack | undefined, after: TrustStack | undefined): Change[] {
  const { stack } = (after ?? before)!.declared;
  const meshes = signedChanges(stack, before?.meshes ?? new Map(), after?.meshes ?? new Map());
  if (!before || !after) {
    const sign = after ? "+" : "-";
    const generations = list(generationsOf((after ?? before)!).sort());
    return [{ sign, text: `stack ${stack}: a root CA, root ${generations}` }, ...meshes];
  }
  if (before.declared.problem || after.declared.problem) return meshes;
  const generations = listChange(generationsOf(before), generationsOf(after));
  return [
    ...(generations ? [{ sign: "~" as const, text: `stack ${stack}: roots that exist ${generations}` }] : []),
    ...meshes,
    ...settingChanges(rest(before), rest(after)).map((change): Change => ({
      sign: "~",
      text: `stack ${stack}: ${change}`,
    })),
  ];
}

function generationsOf({ declared }: TrustStack): string[] {
  const { generations } = membersOf(declared.raw["root"]);
  return generations === undefined ? ["1"] : Array.isArray(generations) ? generations.map(text) : [text(generations)];
}

/** What else the stack declares. */
function rest({ declared }: TrustStack): Record<string, unknown> {
  const { meshes: _meshes, root, ...others } = declared.raw;
  const { generations: _generations, ...otherRoot } = membersOf(root);
  return Object.keys(otherRoot).length > 0 ? { ...others, root: otherRoot } : others;
}

function signedChanges(stack: string, before: TrustStack["meshes"], after: TrustStack["meshes"]): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((mesh): Change[] => {
    const [old, now] = [before.get(mesh), after.get(mesh)];
    const title = `stack ${stack}`;
    if (!now) return [{ sign: "-", text: `${title}: no longer signs the CA of mesh ${mesh} for ${old!.trustDomain}` }];
    if (!old)
      return [
        {
          sign: "+",
          text:
            `${title}: signs the CA of mesh ${mesh}, request ${now.request}, which can then issue every identity of ` +
            `trust domain ${now.trustDomain}; ${compareWith(mesh)}`,
        },
      ];
    const parts = [
      ...valueChange("trust domain", old.trustDomain, now.trustDomain),
      ...valueChange("request", old.request, now.request),
    ];
    const can = old.trustDomain === now.trustDomain ? "" : `, so it can issue every identity of ${now.trustDomain}`;
    return parts.length === 0
      ? []
      : [{ sign: "~", text: `${title}: CA of mesh ${mesh}: ${parts.join(", ")}${can}; ${compareWith(mesh)}` }];
  });
}
