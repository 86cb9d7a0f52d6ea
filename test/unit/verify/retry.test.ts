import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { NoAnswer } from "../../../kube/cluster.ts";
import { onceMore } from "../../../verify/retry.ts";
import { gather } from "../../../verify/gather/edgeEvidence.ts";
import { edge } from "./fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

/** A look that gives these one after another, and how often it was taken. */
function looking(...seen: (number | Error)[]) {
  let looks = 0;
  const look = async (): Promise<number> => {
    const next = seen[looks++]!;
    if (next instanceof Error) throw next;
    return next;
  };
  return { look, looks: () => looks };
}

test.each<{ what: string; seen: (number | Error)[]; result: number | RegExp; looks: number }>([
  { what: "what tells", seen: [7], result: 7, looks: 1 },
  { what: "what does not tell at first", seen: [0, 7], result: 7, looks: 2 },
  { what: "what never tells", seen: [0, 0], result: 0, looks: 2 },
  { what: "a connection that broke", seen: [new Error("ECONNRESET"), 7], result: 7, looks: 2 },
  {
    what: "a connection that breaks again",
    seen: [new Error("ECONNRESET"), new Error("ECONNREFUSED")],
    result: /ECONNREFUSED/,
    looks: 2,
  },
  {
    what: "a cluster that did not answer in time",
    seen: [new Error("late", { cause: new NoAnswer("late") })],
    result: /late/,
    looks: 1,
  },
])("$what is looked at $looks times", async ({ seen, result, looks }) => {
  const taken = looking(...seen);
  const outcome = onceMore(taken.look, (n) => n > 0);
  if (typeof result === "number") expect(await outcome).toBe(result);
  else await expect(outcome).rejects.toThrow(result);
  expect(taken.looks()).toBe(looks);
});

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

test("a gateway that breaks off one ClientHello is greeted again before that counts", async () => {
  let greeted = 0;
  server = createServer((socket: Socket) => (greeted++, socket.on("error", () => undefined).destroy()));
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  const gateway = { mesh: "west", address: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const { hellos } = await gather(
    { ...edge, gateways: [gateway] },
    { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} },
    { failure: "no pod" },
  );
  expect([greeted, hellos[0]!.outcome]).toEqual([2, "reset"]);
});
