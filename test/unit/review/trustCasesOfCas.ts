import type { Stacks } from "./federation.ts";

/** One change, and the lines that the review shows for it. */
export interface TrustCase {
  what: string;
  before?: (stacks: Stacks) => unknown;
  change: (stacks: Stacks) => unknown;
  says: string[];
}

export const owner = (peer: string) => `compare it with the owner of ${peer} by another way than this change`;
export const own = (more: object = {}) => ({ provider: "own", ...more });

const rotation =
  (phase?: string, root = 1) =>
  (stacks: Stacks) => {
    stacks["east"]!["ca"] = own({ root });
    if (phase) stacks["east"]!["rotation"] = { next: 2, phase };
  };

/** Phases of a rotation of east's own root. */
export const rotations: TrustCase[] = [
  {
    what: "a rotation that begins",
    before: rotation(),
    change: rotation("add"),
    says: ["+ mesh east: rotation to root 2 enters phase add: root 2 is trusted beside root 1, which still signs"],
  },
  {
    what: "a rotation that goes on",
    before: rotation("add"),
    change: rotation("switch"),
    says: [
      "~ mesh east: rotation to root 2 phase add -> switch: root 2 signs and every workload gets a new " +
        "certificate; root 1 stays trusted",
    ],
  },
  {
    what: "the last phase of a rotation",
    before: rotation("switch"),
    change: rotation("remove"),
    says: ["~ mesh east: rotation to root 2 phase switch -> remove: root 1 is trusted no longer"],
  },
  {
    what: "a rotation that ends",
    before: rotation("remove"),
    change: rotation(undefined, 2),
    says: [
      "~ mesh east: CA signed by its own root 1, key 1 -> signed by its own root 2, key 1",
      "- mesh east: rotation to root 2 ends after phase remove: it is the only root",
    ],
  },
  {
    what: "a rotation that is called off",
    before: rotation("add"),
    change: rotation(),
    says: ["- mesh east: rotation to root 2 is called off in phase add: root 2 is trusted no longer"],
  },
  {
    what: "a rotation to another root",
    before: rotation("add"),
    change: (s) => (rotation()(s), (s["east"]!["rotation"] = { next: 3, phase: "add" })),
    says: [
      "~ mesh east: rotation to root 3 instead of the one to root 2 enters phase add: root 3 is trusted beside " +
        "root 1, which still signs",
    ],
  },
];

const north = { trustDomain: "north.example", stack: "acme/mesh/north" };
const meshes = (value: object) => (stacks: Stacks) => (stacks["trust"]!["meshes"] = value);

/** Changes of the trust stack. */
export const trustStacks: TrustCase[] = [
  {
    what: "a mesh for which a trust stack signs",
    change: meshes({ north }),
    says: [
      "+ stack trust: signs the CA of mesh north, request of stack acme/mesh/north, which can then issue every " +
        `identity of trust domain north.example; ${owner("north")}`,
    ],
  },
  {
    what: "a mesh for which it signs no longer",
    before: meshes({ north }),
    change: meshes({}),
    says: ["- stack trust: no longer signs the CA of mesh north for north.example"],
  },
  {
    what: "another trust domain, and another request, of a mesh for which it signs",
    before: meshes({ north }),
    change: meshes({ north: { trustDomain: "east.example", requestFile: "north.csr" } }),
    says: [
      "~ stack trust: CA of mesh north: trust domain north.example -> east.example, " +
        "request of stack acme/mesh/north -> in north.csr, so it can issue every identity of east.example; " +
        owner("north"),
    ],
  },
  {
    what: "one root more, and the rest of its configuration",
    change: (s) => (s["trust"]!["root"] = { generations: [1, 2], commonName: "Our root" }),
    says: ["~ stack trust: roots that exist + 2", '~ stack trust: root.commonName "Our root" (new)'],
  },
  {
    what: "a trust stack removed",
    change: (s) => delete s["trust"],
    says: ["- stack trust: a root CA, root 1", "- stack trust: no longer signs the CA of mesh east for east.example"],
  },
];
