import { weightedAddress } from "../../../federation/config/fields.ts";
import { importServiceEntry, importWorkloadEntries } from "../../../federation/imports/importObjects.ts";
import type { ResolvedImport } from "../../../federation/imports/resolveImports.ts";
import { addressesOf } from "../../../review/changes/words.ts";
import { anExport, anImport, contract, resolved } from "./fixtures.ts";

const gateways = [
  { address: "192.0.2.1", port: 15443, weight: 3 },
  { address: "192.0.2.2", port: 15443 },
];
const west = contract("west", [anExport()], { gateways });
const weightOf = ({ weight }: { weight?: number }) => weight;
const weightsOf = (spec: ResolvedImport) => importServiceEntry(spec)!.spec.endpoints.map(weightOf);

describe("weights of gateways", () => {
  test("divide the calls of an import from their mesh alone", () => {
    expect(weightsOf(resolved(anImport(), west))).toEqual([3, undefined]);
    const blend = { blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] };
    const entries = importWorkloadEntries(resolved(anImport(blend), west));
    expect(entries.map(({ spec }) => weightOf(spec))).toEqual([3, undefined]);
  });

  test("do not decide between meshes, whichever of them is up", () => {
    const spec = anImport({ from: ["west", "north"] });
    expect(weightsOf(resolved(spec, west, contract("north", [anExport()])))).toEqual(Array(3).fill(undefined));
    expect(weightsOf(resolved(spec, west))).toEqual([undefined, undefined]);
  });

  test("are shown in a review", () => {
    expect(addressesOf(west.gateways)).toBe("192.0.2.1:15443 (weight 3), 192.0.2.2:15443");
  });

  test.each([0, 1001, 1.5, "3"])("are not %p", (weight) => {
    expect(() => contract("west", [], { gateways: [{ ...gateways[0], weight }] })).toThrow(/gateways\.0\.weight/);
    expect(weightedAddress.safeParse({ address: "192.0.2.1", weight }).success).toBe(false);
  });
});
