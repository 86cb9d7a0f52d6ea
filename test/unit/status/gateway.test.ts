import { statusScreen } from "../../../status/screen.ts";
import { statusOf } from "../../../status/status.ts";
import { clusterOf, crossNetwork, exportOf, gatewayPod, rejectedDump } from "../verify/fixtures.ts";
import { now, readAlone } from "./statusFixtures.ts";

describe("the gateway of a mesh", () => {
  const withGateway = (pods: object[], dumps: Record<string, object>) =>
    readAlone(
      clusterOf({ gateways: [exportOf("a.b.local"), crossNetwork], pods: pods as never, dumps }) as never,
      async () => [{ ...exportOf("a.b.local"), apiVersion: "networking.istio.io/v1", kind: "Gateway" }],
    );

  test("is in the status where it rejects a listener or is not ready: on the screen and as data", async () => {
    const pods = [gatewayPod("gw-1"), gatewayPod("gw-2", { ready: false })];
    const seen = await withGateway(pods, { "gw-1": rejectedDump(true), "gw-2": rejectedDump(false) });
    const status = statusOf([seen.state], seen.certificates, seen.drift, seen.gatewayProblems);
    expect([seen.complete, status.drift, status.notChecked]).toEqual([true, [], []]);
    expect(status.gatewayProblems).toEqual([
      { mesh: "alone", description: expect.stringMatching(/0\.0\.0\.0_15443.*cross-network-gateway \(\*\.local\)/) },
      { mesh: "alone", description: expect.stringMatching(/^Deployment istio-system\/eastwest has 1 of 2 pods ready/) },
    ]);
    const screen = statusScreen(status, now);
    expect(screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(screen).toMatch(/no drift\nGATEWAY alone: Deployment istio-system\/eastwest rejects/);
    expect(screen).toMatch(/^GATEWAY alone: Deployment istio-system\/eastwest has 1 of 2 pods ready/m);
  });

  test("has no line where it accepts its configuration and is ready", async () => {
    const seen = await withGateway([gatewayPod("gw")], {});
    expect(seen).toMatchObject({ complete: true, gatewayProblems: [] });
  });

  test("is not checked where its proxy may not be read", async () => {
    const exec = () => Promise.reject(new Error("Unexpected server response: 403"));
    const cluster = clusterOf({ gateways: [], pods: [gatewayPod("gw")], dumps: {} });
    const seen = await readAlone({ ...cluster, exec } as never, async () => []);
    expect([seen.complete, seen.state.notChecked, seen.state.problem]).toEqual([
      false,
      expect.stringMatching(/listeners of its gateway were not read: Unexpected server response: 403/),
      undefined,
    ]);
  });
});
