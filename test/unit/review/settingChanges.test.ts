import fc from "fast-check";
import { settingChanges } from "../../../review/changes/words.ts";
import { diff, exported, imported, mesh, type Stacks } from "./federation.ts";

/** Settings as somebody may write them: mappings, lists of plain values, of entries with names and without. */
const word = fc.constantFrom("a", "b", "c");
const { settings } = fc.letrec<{ settings: unknown; value: unknown }>((tie) => ({
  settings: fc.dictionary(word, tie("value"), { maxKeys: 3 }),
  value: fc.oneof(
    { depthSize: "small" },
    word,
    fc.integer({ min: 0, max: 2 }),
    fc.boolean(),
    fc.array(word, { maxLength: 3 }),
    fc.array(fc.record({ name: word, x: tie("value") }, { requiredKeys: [] }), { maxLength: 3 }),
    tie("settings"),
  ),
}));

/** The same settings with keys sorted, and so the entries of lists where each has a name of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const names = value.map((v) => v?.name);
    const named = names.every((n) => typeof n === "string") && new Set(names).size === names.length;
    return (named ? [...value].sort((a, b) => (a.name < b.name ? -1 : 1)) : value).map(sorted);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

describe("the changes of settings", () => {
  test("are exactly the settings that differ", () => {
    fc.assert(
      fc.property(settings, settings, (one, two) => {
        expect(settingChanges(one, two).length === 0).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(two)));
      }),
    );
  });

  test("ignore another order with the same meaning", () => {
    const stacks = (): Stacks => ({
      east: mesh("east", {
        mesh: { name: "east", acceptedTrustDomains: ["a.example", "b.example"] },
        gateway: { provider: "existing", addresses: ["192.0.2.20", "192.0.2.21"] },
        imports: [
          imported("httpbin", { visibleTo: ["sleep", "shop"], subsets: ["v1", "v2"] }),
          imported("cart", { probe: { http: { path: "/x" } } }),
        ],
      }),
      west: mesh("west", {
        exports: [
          exported("httpbin", {
            to: ["east", "north"],
            callers: ["sleep/sleep", "shop/cart"],
            serviceAccounts: ["a", "b"],
            selector: { app: "x", tier: "y" },
            subsets: [
              { name: "v1", labels: { version: "v1" } },
              { name: "v2", labels: { version: "v2" } },
            ],
            ports: [
              { name: "http", number: 8000, protocol: "HTTP", targetPort: 80 },
              { name: "grpc", number: 9000, protocol: "GRPC", targetPort: 81 },
            ],
          }),
          exported("cart"),
        ],
      }),
      north: mesh("north", { gateway: { provider: "existing", addresses: ["192.0.2.30"] } }),
    });
    const shuffled = (value: unknown, next: () => number): unknown => {
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value)
        .map(([key, v]) => ({ place: next(), key, value: shuffled(v, next) }))
        .sort((a, b) => a.place - b.place);
      return Array.isArray(value)
        ? entries.map((e) => e.value)
        : Object.fromEntries(entries.map((e) => [e.key, e.value]));
    };
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (places) => {
        expect(diff(stacks(), shuffled(stacks(), () => places.next().value as number) as Stacks)).toEqual([]);
      }),
    );
  });
});
