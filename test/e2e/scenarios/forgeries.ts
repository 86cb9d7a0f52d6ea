import { makeLeaf, makeRoot, makeSubCa } from "../../support/pki.ts";
import { curl } from "../support/echo.ts";
import { outcomeText, startForger } from "../support/forgery/forger.ts";
import { identity as served, impostorEnds, removeImpostor, startImpostor } from "../support/forgery/impostor.ts";
import { readMeshCa } from "../support/forgery/meshCa.ts";
import { eventually, type World } from "../support/world.ts";

const bin = { host: "httpbin.httpbin.svc.cluster.local", port: 8000 };
const caller = "spiffe://cluster.local/ns/sleep/sa/sleep";
const day = 86_400_000;

/** Forged certificates are refused, by servers and by clients, and honest ones are not. */
export function forgeries(world: World): void {
  test("a gateway's workload answers an honest certificate and refuses forged ones", async () => {
    const ca = await readMeshCa(world, "east");
    const { address, port } = (await world.outputs("west")).federation.gateways[0]!;
    const forger = await startForger(world, "east");
    const honest = { ca, above: ca.above, uris: [caller] };
    const other = await makeRoot("Another CA");
    const subCa = await makeSubCa({ ca: other, name: "A CA below another" });
    const past = { notBefore: new Date(Date.now() - 30 * day), notAfter: new Date(Date.now() - day) };
    try {
      const call = async (options: Parameters<typeof makeLeaf>[0], tls: "1.2" | "1.3" = "1.3") =>
        outcomeText(
          await forger.call({
            ...{ ...bin, gateway: { address, port }, path: "/headers", tls },
            identity: await makeLeaf(options),
          }),
        );
      expect({
        honest: await call(honest),
        "honest, TLS 1.2": await call(honest, "1.2"),
        "another CA": await call({ ca: other, uris: [caller] }),
        "another CA, TLS 1.2": await call({ ca: other, uris: [caller] }, "1.2"),
        "below another CA": await call({ ca: subCa, above: other.certPem, uris: [caller] }),
        expired: await call({ ...honest, ...past }),
        "another trust domain": await call({ ...honest, uris: ["spiffe://other.local/ns/sleep/sa/sleep"] }),
      }).toEqual({
        honest: "answered 200",
        "honest, TLS 1.2": "answered 200",
        "another CA": "refused 48",
        "another CA, TLS 1.2": "refused 48",
        "below another CA": "refused 48",
        expired: "refused 45",
        "another trust domain": "refused 46",
      });
      const unknown = { ...bin, host: "nothing.httpbin.svc.cluster.local", gateway: { address, port } };
      expect(outcomeText(await forger.call({ ...unknown, identity: await makeLeaf(honest) }))).toBe("reset");
    } finally {
      await forger.remove();
    }
  });

  test("clients are answered by an impostor with an honest certificate, and refuse one of another CA", async () => {
    const ca = await readMeshCa(world, "west");
    const select = (app: string) =>
      world.kubectl("west", [
        ...["patch", "-n", "httpbin", "service", "httpbin", "--type=merge", "-p"],
        JSON.stringify({ spec: { selector: { app } } }),
      ]);
    const answers = (what: string, fits: (answer: { status: number; body: string }) => boolean) =>
      eventually(what, 60, async () => (await curl(world, "east", `http://${bin.host}:8000/`)).find(fits));
    const impostors = {
      honest: await makeLeaf({ ca, above: ca.above, uris: [served] }),
      forged: await makeLeaf({ ca: await makeRoot("Another CA"), uris: [served] }),
    };
    try {
      for (const [name, identity] of Object.entries(impostors)) {
        const at = { mesh: "west", namespace: "httpbin", name };
        await startImpostor(world, { ...at, identity });
        await select(name);
        if (name === "honest") await answers("the impostor's answer", ({ body }) => body.includes("impostor"));
        else {
          await answers("a 503", ({ status }) => status === 503);
          // A 503 may also come of the moment between two impostors, so it is called until the alert is seen.
          await eventually("the client's alert", 40, async () => {
            await curl(world, "east", `http://${bin.host}:8000/`);
            return Object.keys(await impostorEnds(world, at)).find((end) => end.includes("ALERT_UNKNOWN_CA"));
          });
          expect(Object.keys(await impostorEnds(world, at))).not.toContain("answered");
        }
      }
    } finally {
      await select("httpbin");
      for (const name of Object.keys(impostors))
        await removeImpostor(world, { mesh: "west", namespace: "httpbin", name });
    }
    await answers("httpbin's answer", ({ status, body }) => status === 200 && !body.includes("impostor"));
  });
}
