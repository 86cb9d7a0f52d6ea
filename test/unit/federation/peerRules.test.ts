import { resolveImports } from "../../../federation/imports/resolveImports.ts";
import { peerRules } from "../../../federation/imports/peerRules.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { anExport, anImport, contract, identity, peersOf } from "./fixtures.ts";

const neutral = () => anExport({ host: "cart.shop.example", selector: { app: "cart" } });
const at = (address: string) => ({ gateways: [{ address, port: 15443 }] });

/** The codes of what is wrong with east's import, with these keys of `peers.west` and these stack files beside it. */
function codes(
  west: ReturnType<typeof contract>,
  {
    peer = {},
    spec = {},
    siblings = [] as object[],
  }: { peer?: object; spec?: Record<string, unknown>; siblings?: object[] } = {},
): string[] {
  const raw = {
    cluster: { provider: "existing", kubeconfigPath: "x", podSubnet: "10.10.0.0/16" },
    peers: { west: peer },
  };
  const rules = peerRules(readMeshConfig(raw, "east", releaseSources), siblings as never);
  try {
    resolveImports([anImport(spec)], peersOf(west), identity("east"), rules);
    return [];
  } catch (error) {
    return (error as { details: { code: string }[] }).details.map(({ code }) => code);
  }
}

describe("a host that is no Service's", () => {
  const west = contract("west", [neutral()]);

  test("is refused", () => {
    expect(codes(west)).toEqual(["import-host-refused"]);
  });

  test.each([
    { what: "below a suffix of the peer", options: { peer: { hosts: ["shop.example"] } } },
    { what: "equal to it", options: { peer: { hosts: ["cart.shop.example"] } } },
    { what: "imported under another name", options: { spec: { as: "cart.here" } } },
    {
      what: "that the peer's stack file declares",
      options: {
        siblings: [{ stack: "west", name: "west", exports: [{ name: "httpbin", host: "cart.shop.example" }] }],
      },
    },
  ])("is accepted $what", ({ options }) => {
    expect(codes(west, options)).toEqual([]);
  });

  test("is refused below a suffix that only ends alike", () => {
    expect(codes(west, { peer: { hosts: ["op.example"] } })).toEqual(["import-host-refused"]);
  });
});

describe("a gateway address", () => {
  test.each(["127.0.0.1", "10.10.3.4", "169.254.169.254"])(
    "%s is refused, and accepted where it is allowed",
    (address) => {
      const west = contract("west", [anExport()], at(address));
      expect(codes(west)).toEqual(["peer-gateway-address"]);
      expect(codes(west, { peer: { allowedAddresses: [`${address}/32`] } })).toEqual([]);
      expect(codes(west, { peer: { allowedAddresses: ["192.0.2.0/24", "2001:db8::/32"] } })).toHaveLength(1);
    },
  );

  test("is refused by a name of this cluster, and accepted where the name is allowed", () => {
    const name = "gateway.apps.svc.cluster.local";
    const west = contract("west", [anExport()], at(name));
    expect(codes(west)).toEqual(["peer-gateway-address"]);
    expect(codes(west, { peer: { allowedAddresses: [name] } })).toEqual([]);
  });

  test.each(["192.0.2.1", "2001:db8::1", "gw.west.example"])("%s is accepted", (address) => {
    expect(codes(contract("west", [anExport()], at(address)))).toEqual([]);
  });
});

describe("a blended import", () => {
  test("from the mesh's own locality is rejected", () => {
    const blend = { visibleTo: ["*"], blend: { labels: { app: "httpbin" } } };
    const west = contract("west", [anExport()]);
    const here = contract("west", [anExport()], { mesh: identity("west", { locality: identity("east").locality }) });
    expect(codes(west, { spec: blend })).toEqual([]);
    expect(codes(here, { spec: blend })).toEqual(["blended-import-locality"]);
  });
});
