import { answeredBy, answersInARow, callerSays, curl, echoDeployment, reasonOf503 } from "../support/echo.ts";
import { eventually, type World } from "../support/world.ts";

const echo = "echo.apps.svc.cluster.local";
const bin = "http://httpbin.httpbin.svc.cluster.local:8000";

/** Real calls through the imports of three meshes. */
export function traffic(world: World): void {
  test("HTTP, HTTP/2, gRPC, TCP and TLS ports of one import answer through the gateway's one port", async () => {
    const calls = [
      { url: `http://${echo}:8000`, answer: /HTTP\/1\.1/ },
      { url: `http://${echo}:8001`, options: ["--http2"], answer: /HTTP\/2/ },
      { url: `grpc://${echo}:9000`, answer: /Protocol=GRPC|StatusCode=200/ },
      { url: `tcp://${echo}:9001`, answer: /StatusCode=200/ },
      { url: `https://${echo}:9443`, options: ["--insecure-skip-verify"], answer: /StatusCode=200/ },
    ];
    for (const { url, options = [], answer } of calls) {
      const text = await eventually(`an answer from ${url}`, 40, async () => {
        const printed = await callerSays(world, "east", url, ...options);
        return printed.includes("StatusCode=200") ? printed : undefined;
      });
      expect(text).toMatch(answer);
      expect(answeredBy(text)).toBe("west");
    }
    const clusters = await world.kubectl("east", [
      ...["exec", "-n", "apps", "deploy/caller-v1", "-c", "istio-proxy", "--"],
      ...["pilot-agent", "request", "GET", "clusters"],
    ]);
    const used = (port: number): boolean =>
      new RegExp(`outbound\\|${port}\\|\\|${echo}::[\\d.]+:15443::cx_total::[1-9]`).test(clusters);
    expect([8000, 8001, 9000, 9001, 9443].filter((port) => !used(port))).toEqual([]);
  });

  test("the client's sidecar resolves a gateway that is a host name, also under another service name", async () => {
    const url = "http://httpbin.north.global:8000/headers";
    const { body } = await eventually("a 200 from north", 60, async () =>
      (await curl(world, "east", url)).find((a) => a.status === 200),
    );
    expect(body).toContain("By=spiffe://north.local/ns/httpbin/sa/httpbin");
    expect(body).toContain("URI=spiffe://cluster.local/ns/sleep/sa/sleep");
    expect(
      await world.kubectl("east", [
        ...["get", "serviceentry", "-n", "sleep", "import-north-httpbin"],
        ...["-o", "jsonpath={.spec.resolution} {.spec.endpoints[0].address}"],
      ]),
    ).toBe("DNS north-gateway.apps.svc.cluster.local");
  });

  test("a caller of another trust domain reaches an export with its own identity", async () => {
    const { body } = await eventually("a 200 in north", 40, async () =>
      (await curl(world, "north", `http://${echo}:8000/`)).find((a) => a.status === 200),
    );
    expect(answeredBy(body)).toBe("west");
    expect(body).toMatch(/X-Forwarded-Client-Cert:.*URI=spiffe:\/\/north\.local\/ns\/sleep\/sa\/sleep/);
  });

  test("one import from two meshes: both answer, and one alone when the other is down", async () => {
    const [west, north] = ["200 cluster.local", "200 north.local"];
    const byOf = async () =>
      (await curl(world, "east", `${bin}/headers`, 20)).map(
        ({ status, body }) => `${status} ${/By=spiffe:\/\/([^/]+)/.exec(body)?.[1]}`,
      );
    // The sidecar looks up the gateway's name again within a minute when it found no address.
    await eventually("answers of both", 90, async () => {
      const by = await byOf();
      return by.includes(west) && by.includes(north) ? true : undefined;
    });
    await world.kubectl("north", ["scale", "-n", "httpbin", "deployment/httpbin", "--replicas=0"]);
    try {
      // A call to the killed pod may wait for the whole timeout of five seconds.
      await eventually("west answers alone", 60, async () =>
        (await byOf()).every((by) => by === west) ? true : undefined,
      );
    } finally {
      await world.kubectl("north", ["scale", "-n", "httpbin", "deployment/httpbin", "--replicas=1"]);
    }
    // Wait before calling: each failed call makes the next ejection ten seconds longer (10 s, 20 s, 30 s ...).
    await world.kubectl("north", ["rollout", "status", "-n", "httpbin", "deployment/httpbin", "--timeout=120s"]);
    await eventually("north answers again", 90, async () => ((await byOf()).includes(north) ? true : undefined));
  });

  test("an export with two service accounts answers; an undeclared third is rejected and reported", async () => {
    const fiftyTimes200 = () =>
      answersInARow("50 times 200", 60, Array(50).fill(200), () => curl(world, "east", `http://${echo}:8000/`, 50));
    await fiftyTimes200();
    // A connection stays with the pod it reached, so only parallel calls reach several pods.
    const versions = async () =>
      new Set(
        (await curl(world, "east", `http://${echo}:8000/?delay=300ms`, 40, true)).map(
          (a) => /ServiceVersion=(\S+)/.exec(a.body)?.[1],
        ),
      );
    await eventually("answers of both accounts", 60, async () => {
      const seen = await versions();
      return seen.has("v1") && seen.has("v2") ? true : undefined;
    });
    await world.apply("west", ...echoDeployment("west", "echo", "echo-c", "v3"));
    try {
      await world.kubectl("west", ["rollout", "status", "-n", "apps", "deployment/echo-v3", "--timeout=120s"]);
      // Only a new connection can reach the new pod, so each attempt makes more parallel calls than the one before.
      let atOnce = 40;
      await eventually("a rejected call", 90, async () =>
        (await curl(world, "east", `http://${echo}:8000/?delay=2s`, (atOnce += 10), true)).find(
          (a) => a.status === 503,
        ),
      );
      await reasonOf503(
        world,
        "east",
        "echo.apps",
        /CERTIFICATE_VERIFY_FAILED.*spiffe:\/\/cluster\.local\/ns\/apps\/sa\/echo-c/,
      );
      const { output } = await world.clone.must("pulumi", ["preview", "--stack", "west"]);
      expect(output).toMatch(/export "echo".*echo-c.*echo-a, echo-b.*\[live-account-undeclared\]/);
    } finally {
      await world.kubectl("west", ["delete", "-n", "apps", "deployment/echo-v3", "serviceaccount/echo-c"]);
    }
    await fiftyTimes200();
  });

  test("subsets v1 and v2 each answer", async () => {
    const route = (subset: string) => ({
      match: [{ headers: { subset: { exact: subset } } }],
      route: [{ destination: { host: echo, subset } }],
    });
    await world.apply("east", {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "echo", namespace: "apps" },
      spec: {
        hosts: [echo],
        exportTo: ["."],
        http: [route("v1"), route("v2"), { route: [{ destination: { host: echo } }] }],
      },
    });
    try {
      for (const subset of ["v1", "v2"]) {
        const text = await eventually(`ten answers of ${subset}`, 40, async () => {
          const options = ["--count", "10", "-H", `subset:${subset}`];
          const printed = await callerSays(world, "east", `http://${echo}:8000`, ...options);
          const versions = [...printed.matchAll(/ServiceVersion=(\S+)/g)].map((m) => m[1]);
          return versions.length === 10 && versions.every((v) => v === subset) ? versions : undefined;
        });
        expect(text).toHaveLength(10);
      }
    } finally {
      await world.kubectl("east", ["delete", "virtualservice", "-n", "apps", "echo"]);
    }
  });

  test("a remote-only import is still called after 20 answers of 500", async () => {
    await answersInARow("20 times 500, then 200", 30, [...Array(20).fill(500), 200], async () => [
      ...(await curl(world, "east", `http://${echo}:8000/?codes=500`, 20)),
      ...(await curl(world, "east", `http://${echo}:8000/`)),
    ]);
  });
}
