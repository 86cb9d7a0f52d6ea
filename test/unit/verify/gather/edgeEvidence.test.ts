import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { gatherEvidence } from "../../../../verify/gather/edgeEvidence.ts";
import { edge } from "../fixtures.ts";

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

describe("the evidence of an edge", () => {
  test("counts a reset ClientHello only after a retry", async () => {
    let connections = 0;
    server = createServer((socket: Socket) => (connections++, socket.on("error", () => undefined).destroy()));
    await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
    const gateway = { mesh: "west", address: "127.0.0.1", port: (server.address() as AddressInfo).port };
    const { clientHellos } = await gatherEvidence(
      { ...edge, gateways: [gateway] },
      { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} },
      { failure: "no pod" },
    );
    expect([connections, clientHellos[0]!.outcome]).toEqual([2, "reset"]);
  });
});
