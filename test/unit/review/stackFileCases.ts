import { stringify } from "yaml";
import { example, type Stacks } from "./federation.ts";

/** The text of each stack's file. */
export function textsOf(stacks: Stacks): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stacks).map(([stack, raw]) => [
      stack,
      stringify({
        config: Object.fromEntries(Object.entries(raw).map(([key, value]) => [`mesh-federation:${key}`, value])),
      }),
    ]),
  );
}

export const eastWith = (more: Record<string, unknown>): string =>
  textsOf({ east: { ...example()["east"], ...more } })["east"]!;

/** Texts of stack file east, and the facts of the one finding that each has. */
export const stackFileCases: { what: string; text: string; facts: RegExp }[] = [
  { what: "broken YAML", text: "config: {", facts: /^east: .*Pulumi\.east\.yaml.*YAML/ },
  {
    what: "a list",
    text: "- config",
    facts: /^east: .*Pulumi\.east\.yaml.*list.*mapping/,
  },
  {
    what: "a text",
    text: "config",
    facts: /^east: .*Pulumi\.east\.yaml.*string.*mapping/,
  },
  {
    what: "a list as config",
    text: "config: [a]",
    facts: /^east: .*Pulumi\.east\.yaml.*config.*list.*mapping/,
  },
  {
    what: "an empty file",
    text: "",
    facts: /^east: .*mesh-federation:cluster.*\[review-stack-empty\]$/,
  },
  { what: "an empty config", text: "config:\n", facts: /\[review-stack-empty\]$/ },
  {
    what: "another role",
    text: "config:\n  mesh-federation:role: other\n",
    facts: /^east: role: .*"other".*\[review-stack-role-invalid\]$/,
  },
  ...[
    "peers",
    "gateway",
    "mesh",
    "exports",
    "imports",
    "istio",
    "ca",
    "cluster",
    "samples",
    "verifyOnUp",
    "allowBreaking",
  ].map((key) => ({
    what: `an empty ${key}`,
    text: eastWith({ [key]: null }),
    facts: new RegExp(`^east: [^]*\\b${key}\\b.* is empty`),
  })),
  {
    what: "an empty peer",
    text: eastWith({ peers: { west: null } }),
    facts: /^east: [^]*peers\.west\b.* is empty/,
  },
  { what: "an empty name", text: eastWith({ mesh: { name: null } }), facts: /^east: [^]*mesh\.name\b.* is empty/ },
  { what: "an empty export", text: eastWith({ exports: [null] }), facts: /^east: [^]*exports\.0\b.* is empty/ },
];
