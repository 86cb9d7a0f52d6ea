import type { Edge } from "../../../../verify/edge.ts";
import { callFromClient, connectsFromClient, healthRequest } from "../../../../verify/gather/clientCall.ts";
import { echoedHeaders, readAnswer } from "../../../../verify/gather/curlAnswer.ts";

const edge = (probe: object): Edge =>
  ({
    probe,
    host: "httpbin.httpbin.svc.cluster.local",
    port: { name: "http", number: 8000, protocol: "HTTP" },
  }) as unknown as Edge;
const answer = (probe: object, response: string) =>
  readAnswer(edge(probe), "GET x", { stdout: `${response}\n--verify--200 192.0.2.1`, stderr: "", code: 0 }, 1);

describe("the echo of a call", () => {
  test("hides credentials in headers and keeps the caller's identity", () => {
    const identity = "By=spiffe://west.local/ns/httpbin/sa/httpbin;URI=spiffe://east.local/ns/sleep/sa/sleep";
    const body = JSON.stringify({
      headers: {
        Authorization: ["Bearer s3cret"],
        Cookie: "a=b",
        "X-Api-Key": "k",
        "X-Forwarded-Client-Cert": [identity],
        Host: "httpbin:8000",
      },
    });
    expect(echoedHeaders(body)).toEqual({
      Authorization: "[hidden]",
      Cookie: "[hidden]",
      "X-Api-Key": "[hidden]",
      "X-Forwarded-Client-Cert": identity,
      Host: "httpbin:8000",
    });
    expect(echoedHeaders("no JSON")).toEqual({});
  });
});

describe("an interim answer", () => {
  test.each([
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/2 103 \r\nlink: </a.css>\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n",
    "",
  ])("is ignored: %j", (interim) => {
    const { headers, body, passed } = answer(
      { kind: "http" },
      `${interim}HTTP/1.1 200 OK\r\nserver: envoy\r\n\r\n1xx\r\n\r\nHTTP/1.1 100`,
    );
    expect({ headers, body, passed }).toEqual({
      headers: { server: "envoy" },
      body: "1xx\r\n\r\nHTTP/1.1 100",
      passed: true,
    });
  });
});

describe("the health check of a call", () => {
  test.each([
    ["", "0000000000"],
    ["a", "00000000030a0161"],
    ["a".repeat(127), `0000000081${"0a7f"}${"61".repeat(127)}`],
    ["a".repeat(200), `00000000cb${"0ac801"}${"61".repeat(200)}`],
  ])("is one protobuf message for any length of the service's name", (service, hex) => {
    expect(healthRequest(service).toString("hex")).toBe(hex);
  });
});

describe("curl", () => {
  /** The arguments of curl for a call, or for a connection to an address. */
  async function argumentsFor(call: (client: never) => Promise<unknown>): Promise<string[]> {
    let command: string[] = [];
    const exec = async (_: unknown, given: string[]) => ((command = given), { stdout: "", stderr: "", code: 0 });
    await call({ exec } as never);
    return command;
  }
  const container = { namespace: "n", pod: "p", container: "c" };
  const probes = [{ kind: "http", path: "/[1-9]{a,b}" }, { kind: "grpc" }, { kind: "tcp" }];

  test.each(probes)("gets the host as a part of one URL, whatever is in it: $kind", async (probe) => {
    const call = { ...edge(probe), host: "a/b#c?d@e;f$(g) h" };
    const command = await argumentsFor((client) => callFromClient(client, container, call));
    const [, host] = /^(?:http|telnet):\/\/([^/#?@ ]*):8000(?:\/|$)/.exec(command.at(-1)!) ?? [];
    expect(decodeURIComponent(host ?? "")).toBe(call.host);
    expect(command).toContain("-g");
  });

  test.each(["192.0.2.1:15443", "[2001:db8::1]:15443"])("connects to %s", async (address) => {
    const command = await argumentsFor((client) => connectsFromClient(client, container, address));
    expect(command.at(-1)).toBe(`telnet://${address}`);
  });
});
