import { ApiError } from "../../../kube/errors.ts";
import { objectsIn } from "../../../status/createdObjects.ts";
import { compare, federation, pluralKinds, type Live } from "./driftFixtures.ts";
import { exportEdits, importEdits } from "./edits.cases.ts";

const nameOf = ({ kind, metadata }: Live) => `${kind} ${metadata["namespace"]}/${metadata["name"]}`;

/** A value with all lists and fields in reverse order. */
function reversed(value: any): any {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== "object" || !value) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, v]) => [key, reversed(v)]),
  );
}

describe("no drift", () => {
  test("is found in what the components create: every kind of object", async () => {
    const { live, created } = await federation();
    const kinds = live.map((o) => o.kind);
    expect(Object.values(pluralKinds).map((kind) => kinds.filter((k) => k === kind).length)).toEqual([
      4, 3, 4, 2, 4, 1,
    ]);
    expect(created).toHaveLength(live.length);
    expect(await compare(live, created)).toEqual({ drift: [], errors: [] });
    expect(await compare([], [])).toEqual({ drift: [], errors: [] });
  });

  test("is found in another order, with objects of others", async () => {
    const { live, created } = await federation();
    const theirs = {
      kind: "Gateway",
      metadata: { name: "theirs", namespace: "istio-system" },
      spec: { servers: [{ hosts: ["*"] }] },
    };
    expect(await compare([...reversed(live), theirs], created)).toEqual({ drift: [], errors: [] });
  });
});

describe("drift", () => {
  test.each([...exportEdits, ...importEdits])("is reported for $what", async ({ of, edit, says }) => {
    const { live, created } = await federation();
    const edited = live.filter((object) => nameOf(object) === of);
    expect(edited).toHaveLength(1);
    edit(edited[0]!.spec);
    const { drift } = await compare(live, created);
    expect(drift).toEqual([{ mesh: "east", description: expect.stringMatching(says) }]);
    expect(drift[0]!.description.startsWith(`${of}: `)).toBe(true);
  });

  test("is reported for a missing object", async () => {
    const { live, created } = await federation();
    for (const object of live) {
      const rest = live.filter((o) => o !== object);
      const description = `${nameOf(object)} is missing: \`pulumi up --refresh\``;
      expect((await compare(rest, created)).drift).toEqual([{ mesh: "east", description }]);
    }
  });

  test("is reported for an object with this project's label that the stack did not create", async () => {
    const { live, created } = await federation();
    for (const object of live) {
      const others = created.filter((o) => nameOf(o as never) !== nameOf(object));
      // The policy of the whole mesh has no label: it may belong to another owner.
      const expected = `${nameOf(object)} has this project's label, but the stack did not create it`;
      expect((await compare(live, others)).drift).toEqual(
        object.metadata["labels"] === undefined
          ? []
          : [{ mesh: "east", description: expect.stringContaining(expected) }],
      );
    }
  });

  test("is reported for all kinds that may be listed", async () => {
    const { live, created } = await federation();
    live.find((o) => o.kind === "Gateway")!.spec["servers"][0].hosts = ["x"];
    const { drift, errors } = await compare(live, created, ["authorizationpolicies", "workloadentries"]);
    expect(drift).toEqual([{ mesh: "east", description: expect.stringContaining("servers[15443].hosts is x") }]);
    expect(errors.every((e) => e instanceof ApiError)).toBe(true);
    expect(errors.map((e) => e.message).sort()).toEqual([
      "403: may not list authorizationpolicies",
      "403: may not list workloadentries",
    ]);
  });

  test("needs no permission to list policies where there are none", async () => {
    expect((await compare([], [], ["authorizationpolicies"])).errors).toEqual([]);
  });

  test("can be reverted by `up` for an edit by any program, as it applies with force", async () => {
    const { live } = await federation();
    const withoutForce = live.filter((o) => o.metadata["annotations"]?.["pulumi.com/patchForce"] !== "true");
    expect(withoutForce.map(nameOf)).toEqual([]);
  });
});

describe("the objects in a state", () => {
  const state = (...resources: object[]) => ({ deployment: { resources } });
  const type = "mesh-federation:federation:ImportedService";

  test("are unknown where an earlier release wrote it", () => {
    expect(() => objectsIn(state({ type, outputs: { host: "x" } }), "east")).toThrow(
      expect.objectContaining({ code: "status-objects-unknown", subject: 'stack "east"' }),
    );
  });

  test("are none without exports and imports", () => {
    expect(objectsIn(state({ type: "pulumi:pulumi:Stack" }, { type, delete: true, outputs: {} }), "east")).toEqual([]);
    expect(objectsIn({ deployment: {} }, "east")).toEqual([]);
  });
});
