import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "../support/report.ts";
import { eventually, type World } from "../support/world.ts";

const host = "httpbin.httpbin.svc.cluster.local";

/** A port of the exported Service that the export does not name. */
const undeclared = { name: "http-admin", port: 9901, targetPort: 8080 };

/** Istio's usual gateway for all Services of a mesh, on the pods of the federation's gateway. */
const crossNetworkGateway = {
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: "cross-network-gateway", namespace: "istio-system" },
  spec: {
    selector: { "mesh-federation.dev/gateway": "istio-eastwestgateway" },
    servers: [
      {
        port: { number: 15443, name: "tls", protocol: "TLS" },
        hosts: ["*.local"],
        tls: { mode: "AUTO_PASSTHROUGH" },
      },
    ],
  },
};

/** What a mesh opens beside its exports, and what it believes of others. */
export function strangers(world: World): void {
  const preview = (stack: string) => world.clone.run("pulumi", ["preview", "--stack", stack]);
  const failedChecks = async () => {
    const { code, report } = await verify(world, "--wait", "0");
    return { code, codes: report.negativeChecks.filter((c) => c.state === "failed").map((c) => `${c.mesh} ${c.code}`) };
  };

  test("a port that the export does not name is refused by the preview and found by verify", async () => {
    const service = ["-n", "httpbin", "service", "httpbin"];
    const ports = await world.kubectl("west", ["get", ...service, "-o", "jsonpath={.spec.ports}"]);
    const entry = ["-n", "sleep", "serviceentry", "import-west-httpbin"];
    const spec = JSON.parse(await world.kubectl("east", ["get", ...entry, "-o", "jsonpath={.spec}"]));
    const patch = (mesh: string, object: string[], changed: object) =>
      world.kubectl(mesh, ["patch", ...object, "--type=merge", "-p", JSON.stringify({ spec: changed })]);
    const call = () => world.callFrom("east", `http://${host}:${undeclared.port}/headers`);
    // East's owner writes the port into the import by hand.
    const port = { number: undeclared.port, name: undeclared.name, protocol: "HTTP" };
    const endpoint = { ...spec.endpoints[0], ports: { ...spec.endpoints[0].ports, [undeclared.name]: 15443 } };
    await patch("east", entry, { ports: [...spec.ports, port], endpoints: [endpoint] });
    try {
      expect(await call()).not.toBe(200);
      await patch("west", service, { ports: [...JSON.parse(ports), undeclared] });
      await eventually("the gateway opens the port", 40, async () => ((await call()) === 200 ? true : undefined));
      const { code, output } = await preview("west");
      expect([code === 0, output]).toEqual([false, expect.stringMatching(/port 9901.*\[live-port-undeclared\]/)]);
      expect(await failedChecks()).toEqual({ code: 1, codes: ["west negative-undeclared-port"] });
    } finally {
      await world.kubectl("west", ["patch", ...service, "--type=json", "-p", removeLastPort(JSON.parse(ports).length)]);
      await patch("east", entry, { ports: spec.ports, endpoints: spec.endpoints });
    }
    await eventually("no port but the exported one", 40, async () =>
      (await failedChecks()).code === 0 ? true : undefined,
    );
    expect((await preview("west")).code).toBe(0);
  });

  test("a gateway for *.local on the same pods is refused by the preview, and its effect found by verify", async () => {
    await world.apply("west", crossNetworkGateway);
    try {
      const { code, output } = await preview("west");
      expect([code === 0, output]).toEqual([
        false,
        expect.stringMatching(/Gateway istio-system\/cross-network-gateway .*"\*\.local".*\[live-gateway-overlap\]/),
      ]);
      await eventually("the gateway rejects its configuration", 60, async () => {
        const { codes } = await failedChecks();
        return codes.includes("west negative-rejected-configuration") || undefined;
      });
    } finally {
      await world.kubectl("west", [
        "delete",
        "-n",
        "istio-system",
        "gateways.networking.istio.io",
        "cross-network-gateway",
      ]);
    }
    await eventually("the gateway accepts its configuration", 60, async () =>
      (await failedChecks()).code === 0 ? true : undefined,
    );
    expect((await preview("west")).code).toBe(0);
  });

  test("a peer whose state cannot be read during up is an error, and its import keeps working", async () => {
    const state = join(world.clone.folder, ".federation", "state", ".pulumi", "stacks", "mesh-federation", "west.json");
    const complete = readFileSync(state, "utf8");
    const broken = complete.replace(/"type": ?"passphrase"/, '"type": "key not found"');
    expect(broken).not.toBe(complete);
    const before = (await world.resources("east")).urns;
    writeFileSync(state, broken);
    try {
      const { code, output } = await world.clone.run("pulumi", ["up", "--yes", "--skip-preview", "--stack", "east"]);
      expect([code === 0, output]).toEqual([false, expect.stringMatching(/peer "west".*\[peer-unreadable\]/)]);
    } finally {
      writeFileSync(state, complete);
    }
    expect((await world.resources("east")).urns).toEqual(before);
    expect(await world.callFrom("east", `http://${host}:8000/headers`)).toBe(200);
    await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", "east"]);
  });
}

/** Patch that removes the port after the first `count`. A merge patch of a Service keeps ports by number. */
function removeLastPort(count: number): string {
  return JSON.stringify([{ op: "remove", path: `/spec/ports/${count}` }]);
}
