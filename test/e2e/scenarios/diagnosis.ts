import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isSoak } from "../../support/soak.ts";
import { identity, startImpostors } from "../support/forgery/impostor.ts";
import { verify } from "../support/report.ts";
import { eventually, type World } from "../support/world.ts";
import { entry, faults, type EntryEndpoint, type Fault } from "./faults.cases.ts";

/** `verify` names what is broken, from both sides' view, and nothing else. */
export function diagnosis(world: World): void {
  test("verify names mesh, workload and caller of each import, and all negative checks pass", async () => {
    const { code, report } = await verify(world);
    expect([code, report.passed, report.unreachable]).toEqual([0, true, []]);
    expect(report.edges).toHaveLength(1);
    const { gateways } = (await world.outputs("west")).federation;
    expect(report.edges[0]!.servedBy).toEqual({
      mesh: "west",
      workload: identity,
      upstream: [`${gateways[0]!.address}:15443`],
    });
    expect(report.edges[0]!.caller).toBe("spiffe://cluster.local/ns/sleep/sa/sleep");
    expect(report.negativeChecks.map((c) => c.state)).toEqual(Array(13).fill("passed"));
  });

  test("negative checks find a credential for another cluster and a wildcard host", async () => {
    await world.apply("east", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "remote", namespace: "istio-system", labels: { "istio/multiCluster": "true" } },
    });
    await world.apply("west", wildcardGateway);
    try {
      const { code, report } = await verify(world, "--wait", "0");
      expect(code).toBe(1);
      const failed = report.negativeChecks.filter((c) => c.state === "failed").map((c) => `${c.mesh} ${c.code}`);
      expect(failed).toEqual(expect.arrayContaining(["east negative-remote-secret", "west negative-wildcard-host"]));
    } finally {
      await world.kubectl("east", ["delete", "-n", "istio-system", "secret", "remote"]);
      await world.kubectl("west", ["delete", "-n", "istio-system", "gateways.networking.istio.io", "wild"]);
    }
  });

  test("verify names each broken hop, with both sides' credentials and with the importer's alone", async () => {
    const endpoint = JSON.parse(
      await world.kubectl("east", ["get", "-n", "sleep", entry, "-o", "jsonpath={.spec.endpoints[0]}"]),
    ) as EntryEndpoint;
    await startImpostors(world);
    for (const fault of faults(endpoint).filter((f) => isSoak() || !f.soak)) await expectDiagnosis(world, fault);
    await world.kubectl("west", ["delete", "-n", "httpbin", "pod,secret", "foreign", "expired", "--wait=false"]);
  });

  test("many runs of verify raise no false alarm, and the fastest takes less than ten seconds", async () => {
    const seconds: number[] = [];
    for (let run = 0; run < (isSoak() ? 20 : 8); run++) {
      const started = Date.now();
      const { code, report } = await verify(world, ...(run % 2 === 0 ? [] : ["--access", "own"]));
      seconds.push((Date.now() - started) / 1000);
      const others = report.negativeChecks.filter((c) => c.state !== "passed");
      expect([run, code, report.edges[0]!.failedHop, others]).toEqual([run, 0, null, []]);
    }
    process.stderr.write(`verify: ${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} s\n`);
    expect(Math.min(...seconds)).toBeLessThan(10);
  });

  test("verify writes an 80-column table without color and JUnit, and removes its probe pod", async () => {
    const { output } = await world.clone.must("verify", ["--probe-pod", "--junit", ".federation/junit.xml"]);
    expect(output).not.toContain("\u001b");
    const lines = output.slice(output.indexOf("IMPORT")).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(output).toMatch(/east <- west\/httpbin:8000 pass +west +httpbin\/httpbin sleep\/sleep/);
    expect(readFileSync(join(world.clone.folder, ".federation", "junit.xml"), "utf8")).toMatch(
      /<testsuite name="imports of east" tests="1" failures="0"/,
    );
    expect(output).toMatch(/GET .* from sleep\/verify-/);
    const probes = ["get", "-n", "sleep", "job,pod", "-l", "mesh-federation.dev/probe", "-o", "name"];
    await eventually("no probe pod", 20, async () => (await world.kubectl("east", probes)) === "" || undefined);
    const unknown = await world.clone.run("verify", ["--import", "nothing"], {}, true);
    expect(unknown.code).not.toBe(0);
    expect(unknown.output).toMatch(/"nothing".*httpbin.*\[verify-import-unknown\]/);
  });
}

/** Breaks a hop, compares both reports with the fault, and repairs the hop. */
async function expectDiagnosis(world: World, fault: Fault): Promise<void> {
  await fault.break(world);
  try {
    const seen = await eventually(`${fault.name}: failed at ${fault.hop}`, 60, async () => {
      const runs = [
        ["--wait", "0"],
        ["--wait", "0", "--access", "own"],
      ] as const;
      const [both, own] = await Promise.all(runs.map((options) => verify(world, ...options)));
      const [there, here] = [both!.report.edges[0]!.failedHop, own!.report.edges[0]!.failedHop];
      if (there?.hop !== fault.hop || here?.hop !== (fault.own?.hop ?? fault.hop))
        throw new Error(JSON.stringify({ both: there, own: here }));
      return { codes: [both!.code, own!.code], there, here };
    });
    expect([fault.name, ...seen.codes]).toEqual([fault.name, 1, 1]);
    expect(seen.there.evidence).toMatch(fault.evidence);
    expect(seen.there.remedy).toMatch(fault.remedy);
    expect(seen.here.evidence).toMatch(fault.own?.evidence ?? fault.evidence);
    const view = [fault.name, seen.here.seenFrom, seen.here.inferred];
    expect(view).toEqual([fault.name, "east", fault.inferred ?? false]);
  } finally {
    await fault.repair(world);
  }
  const { code, report } = await verify(world, "--wait", "60");
  expect([fault.name, code, report.edges[0]!.failedHop]).toEqual([fault.name, 0, null]);
}

const wildcardGateway = {
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: "wild", namespace: "istio-system" },
  spec: {
    selector: { istio: "eastwestgateway" },
    servers: [
      {
        port: { number: 15443, name: "wild", protocol: "TLS" },
        hosts: ["*.local"],
        tls: { mode: "AUTO_PASSTHROUGH" },
      },
    ],
  },
};
