import { publishedImport, resolveImports } from "../../../../federation/imports/resolveImports.ts";
import type { Answer, Evidence } from "../../../../verify/evidence.ts";
import { callFromQuarantined } from "../../../../verify/gather/quarantineCalls.ts";
import type { Mesh } from "../../../../workspace/meshes.ts";
import { anExport, anImport, contract, identity, peersOf } from "../../federation/fixtures.ts";
import { passingAnswer, passingEvidence, reset, sidecarError } from "../fixtures.ts";

const east = contract("east", [anExport({ to: ["west"] })]);
const north = contract("north", [anExport({ to: ["west"] })]);
const client = { namespace: "sleep", serviceAccount: "sleep" };

/** West as it is deployed: it imports from east. */
function west(probe: object = { http: { path: "/headers" } }, from: string | string[] = "east"): Mesh {
  const exporters = from === "east" ? [east] : [east, north];
  const { imports } = resolveImports([anImport({ from, client, probe })], peersOf(...exporters), identity("west"));
  return {
    ...{ name: "west", stack: "west", importsFrom: ["east"], fallbackClient: undefined, problem: undefined },
    cluster: {} as never,
    contract: contract("west", [], { imports: imports.map(publishedImport) }),
  };
}

const call = (from: Mesh, seen: Partial<Evidence>) =>
  callFromQuarantined(
    from,
    "east",
    new Map([["east", east]]),
    async () => ({}) as never,
    async () => ({ ...passingEvidence, ...seen }),
  );
const denied: Answer = { ...passingAnswer, passed: false, status: 403, body: "RBAC: access denied", echoed: {} };
const open: Answer = { ...passingAnswer, status: undefined, headers: {}, body: "", echoed: {} };
const unresolved: Answer = {
  ...open,
  passed: false,
  address: undefined,
  unresolved: true,
  problem: "Could not resolve",
};
const missing: Answer = { ...passingAnswer, passed: false, status: 404 };

describe("a call from a mesh in quarantine", () => {
  test.each<{ what: string; seen: Partial<Evidence>; outcome: string; probe?: object }>([
    { what: "is answered", seen: { answer: passingAnswer }, outcome: "accepted" },
    { what: "is answered otherwise than expected", seen: { answer: missing }, outcome: "accepted" },
    { what: "is denied", seen: { answer: denied }, outcome: "refused" },
    {
      what: "has no SNI chain",
      seen: { answer: sidecarError("connection termination"), clientHellos: [reset] },
      outcome: "refused",
    },
    { what: "is not made, for the host is unknown", seen: { answer: unresolved }, outcome: "inconclusive" },
    {
      what: "has no pod",
      seen: { answer: undefined, client: { failure: "no pod" } },
      outcome: "inconclusive",
    },
    { what: "only opens a TCP connection", seen: { answer: open }, outcome: "inconclusive", probe: {} },
  ])("that $what is $outcome", async ({ seen, outcome, probe }) => {
    expect(await call(west(probe), seen)).toMatchObject([{ call: "west <- east/httpbin:8000", outcome }]);
  });

  test("is made by no import that another mesh or a local Service can answer", async () => {
    const seen = { answer: passingAnswer };
    expect(await call(west(undefined, ["east", "north"]), seen)).toEqual([]);
    const from = west();
    const [spec] = from.contract!.imports;
    const blended = { ...from, contract: contract("west", [], { imports: [{ ...spec, blended: true }] }) };
    expect(await call(blended, seen)).toEqual([]);
    expect(await call({ ...from, cluster: undefined }, seen)).toEqual([]);
    expect(await call({ ...from, contract: contract("west") }, seen)).toEqual([]);
  });
});
