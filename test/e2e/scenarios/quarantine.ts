import { setTimeout as sleep } from "node:timers/promises";
import { makeLeaf } from "../../support/pki.ts";
import { jsonIn } from "../support/clone.ts";
import { outcomeText, startForger, type Forger } from "../support/forgery/forger.ts";
import { readMeshCa } from "../support/forgery/meshCa.ts";
import { startLoad, type Load } from "../support/load/load.ts";
import type { EdgeCounts, LoadEdge } from "../support/load/plan.ts";
import { keptExport, loadServer } from "../support/load/server.ts";
import { upStack } from "../support/rotation.ts";
import { editStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";

/** Meshes of roots of their own that trust each other: one has another in quarantine, and the third is its control. */
export interface QuarantineMeshes {
  by: string;
  of: string;
  third: string;
}

/** The meshes that scenario `ownRoots` leaves. */
const federation: QuarantineMeshes = { by: "east", of: "west", third: "north" };

/** Seconds after which no connection of the mesh in quarantine may be left: Envoy drains for 45. */
const longest = 60;

/** Seconds for which calls are counted then. */
const counted = 20;

/**
 * A quarantine by one `up`, with connections of every kind in both directions. Each mesh has namespace `apps`, and
 * accepts hosts below `<peer>.global` of its peers.
 */
export function quarantine(world: World, { by, of, third }: QuarantineMeshes = federation): void {
  const hostOf = (app: string, mesh: string): string => `${app}.${mesh}.global`;
  // Connections that nobody renews last as long as the quarantine lets them.
  const call = (mesh: string, host: string): LoadEdge => {
    return { mesh, host, ports: { http: 8000, tcp: 9001 }, renewAfter: 0 };
  };
  const cut = [call(of, hostOf("kept", by)), call(of, hostOf("alone", by)), call(by, hostOf("kept", of))];
  const edges = [...cut, call(third, hostOf("kept", by))];
  const { isCut, kindsOf } = counters(cut);

  test("one up puts a mesh in quarantine: a minute later no call from it or to it is answered", async () => {
    await federate(world, { by, of, third }, hostOf("alone", by));
    const load = await startLoad(world, edges);
    const intruder = await intruderOf(world, { by, of }, hostOf("kept", by));
    try {
      await sleep(10_000);
      expect(await intruder.outcome()).toBe("answered 200");
      const times = await putInQuarantine(world, by, of);
      await sleep(times.end + longest * 1000 - Date.now());
      const before = await load.counts();
      await sleep(counted * 1000);
      const after = await load.counts();
      report(times, after);
      const answered = answersBetween(before, after);
      expect(answered.filter(({ edge }) => isCut(edge)).map((k) => [k.what, k.answered, k.sent > 0])).toEqual(
        kindsOf(after, true).map((what) => [what, 0, true]),
      );
      // The control: the third mesh has the same exports, in the same proxies.
      expect(answered.filter(({ edge }) => !isCut(edge)).map((k) => [k.what, k.failed, k.answered > 0])).toEqual(
        kindsOf(after, false).map((what) => [what, 0, true]),
      );
      expect(await intruder.outcome()).toMatch(/^refused (46|48)$/);
      await everybodyKnows(world, by, of);
      await recovers(world, load, by, kindsOf(after, true));
      expect(await intruder.outcome()).toBe("answered 200");
    } finally {
      await intruder.remove();
      await load.abandon();
    }
  });
}

/** A server in the mesh whose owner orders the quarantine, which is for the later intruder alone. */
async function federate(world: World, { by, of }: QuarantineMeshes, host: string): Promise<void> {
  await world.apply(by, ...loadServer("alone"));
  await world.kubectl(by, ["rollout", "status", "-n", "apps", "deployment/alone"]);
  editStack(world, by, (config) => config["exports"].push(keptExport({ app: "alone", host, to: [of] })));
  editStack(world, of, (config) => config["imports"].push({ name: "alone", from: by, visibleTo: ["apps"] }));
  await world.clone.must("up", ["--no-verify"]);
}

/** Somebody with the CA of the mesh in quarantine, who needs neither its imports nor its Istio to call. */
async function intruderOf(world: World, { by, of }: Pick<QuarantineMeshes, "by" | "of">, host: string) {
  const ca = await readMeshCa(world, of);
  const { trustDomain } = (await world.outputs(of)).federation.mesh;
  const gateway = (await world.outputs(by)).federation.gateways[0]!;
  const identity = await makeLeaf({ ca, above: ca.above, uris: [`spiffe://${trustDomain}/ns/apps/sa/load`] });
  const forger: Forger = await startForger(world, of);
  return {
    remove: forger.remove,
    outcome: async () => outcomeText(await forger.call({ gateway, host, port: 8000, identity })),
  };
}

/** Times in milliseconds since the epoch. */
interface Times {
  start: number;
  /** When the policy was created, to the second. */
  policy: number;
  end: number;
}

async function putInQuarantine(world: World, by: string, of: string): Promise<Times> {
  editStack(world, by, (config) => (config["quarantine"] = [of]));
  const start = Date.now();
  await upStack(world, by);
  const end = Date.now();
  const policy = ["get", "authorizationpolicy", "-n", "istio-system", `quarantine-${of}`];
  const created = await world.kubectl(by, [...policy, "-o", "jsonpath={.metadata.creationTimestamp}"]);
  return { start, policy: Date.parse(created), end };
}

/** Prints when the last call of each kind was answered. */
function report({ start, policy, end }: Times, counts: EdgeCounts[]): void {
  const seconds = (time: number): string => `${((time - start) / 1000).toFixed(1)} s`;
  const kinds = counts.flatMap((edge) =>
    edge.kinds.map(({ kind, lastAnswer }) => `${nameOf(edge, kind)} ${seconds(Date.parse(lastAnswer ?? ""))}`),
  );
  process.stderr.write(
    `quarantine: up began at 0 s, policy ${seconds(policy)}, up ended ${seconds(end)}; last answers: ` +
      `${kinds.join(", ")}\n`,
  );
}

function nameOf({ mesh, host }: Pick<EdgeCounts, "mesh" | "host">, kind: string): string {
  return `${mesh} -> ${host} ${kind}`;
}

function counters(cut: LoadEdge[]) {
  const isCut = ({ mesh, host }: Pick<EdgeCounts, "mesh" | "host">): boolean =>
    cut.some((edge) => edge.mesh === mesh && edge.host === host);
  const kindsOf = (counts: EdgeCounts[], wanted: boolean): string[] =>
    counts.flatMap((edge) => (isCut(edge) === wanted ? edge.kinds.map(({ kind }) => nameOf(edge, kind)) : []));
  return { isCut, kindsOf };
}

/** What happened between two counts of the same load, by kind. */
function answersBetween(before: EdgeCounts[], after: EdgeCounts[]) {
  return after.flatMap((edge, i) =>
    edge.kinds.map((now, k) => {
      const then = before[i]!.kinds[k]!;
      return {
        edge,
        what: nameOf(edge, now.kind),
        sent: now.sent - then.sent,
        answered: now.answered - then.answered,
        failed: now.failed - then.failed,
      };
    }),
  );
}

/** `verify` and `status` show the quarantine, and `npm run up` brings the other mesh to know it. */
async function everybodyKnows(world: World, by: string, of: string): Promise<void> {
  const { output } = await world.clone.run("verify", ["--json", "--wait", "30"], {}, true);
  const { negativeChecks } = jsonIn<{ negativeChecks: { check: string; mesh: string; state: string }[] }>(output);
  expect(negativeChecks.filter(({ check }) => check === "quarantine")).toMatchObject([{ mesh: by, state: "passed" }]);
  expect((await world.clone.must("status")).output).toContain(`QUARANTINE ${by}: ${of} is in quarantine, denies`);
  // Nothing is still pending: the imports wait for the owner.
  await world.clone.must("up", ["--no-verify"]);
  for (const mesh of [by, of]) {
    const { pendingImports } = (await world.outputs(mesh)).federation;
    expect(pendingImports.length).toBeGreaterThan(0);
    for (const pending of pendingImports) expect(pending).toMatchObject({ cause: "quarantine" });
  }
}

/** Ends the quarantine, and waits until calls of each kind are answered again. */
async function recovers(world: World, load: Load, by: string, kinds: string[]): Promise<void> {
  editStack(world, by, (config) => delete config["quarantine"]);
  await world.clone.must("up", ["--no-verify"]);
  const before = await load.counts();
  await eventually("answers to calls of each kind", 90, async () => {
    const answered = answersBetween(before, await load.counts()).filter((kind) => kind.answered > 0);
    const missing = kinds.filter((what) => answered.every((kind) => kind.what !== what));
    if (missing.length > 0) throw new Error(`no answer: ${missing.join(", ")}`);
    return true;
  });
  expect((await world.outputs(by)).federation).toMatchObject({ pendingImports: [], quarantine: [] });
}
