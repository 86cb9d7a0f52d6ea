import { answeredBy, answersInARow, callerSays, curl, echoDeployment, reasonOf503 } from "../support/echo.ts";
import { eventually, type World } from "../support/world.ts";

const echo = "echo.apps.svc.cluster.local";
const bin = "http://httpbin.httpbin.svc.cluster.local:8000";

/** Real calls through the imports of three meshes. */
export function traffic(world: World): void {
  test("HTTP, HTTP/2, gRPC, TCP and TLS ports of one import answer, each over the gateway's one port", async () => {
    const calls = [
      { url: `http://${echo}:8000`, says: /HTTP\/1\.1/ },
      { url: `http://${echo}:8001`, options: ["--http2"], says: /HTTP\/2/ },
      { url: `grpc://${echo}:9000`, says: /Protocol=GRPC|StatusCode=200/ },
      { url: `tcp://${echo}:9001`, says: /StatusCode=200/ },
      { url: `https://${echo}:9443`, options: ["--insecure-skip-verify"], says: /StatusCode=200/ },
    ];
    for (const { url, options = [], says } of calls) {
      const said = await eventually(`an answer from ${url}`, 40, async () => {
        const text = await callerSays(world, "east", url, ...options);
        return text.includes("StatusCode=200") ? text : undefined;
      });
      expect(said).toMatch(says);
      expect(answeredBy(said)).toBe("west");
    }
    const clusters = await world.kubectl("east", [
      "exec",
      "-n",
      "apps",
      "deploy/caller-v1",
      "-c",
      "istio-proxy",
      "--",
      "pilot-agent",
      "request",
      "GET",
      "clusters",
    ]);
    const used = (port: number): boolean =>
      new RegExp(`outbound\\|${port}\\|\\|${echo}::[\\d.]+:15443::cx_total::[1-9]`).test(clusters);
    expect([8000, 8001, 9000, 9001, 9443].filter((port) => !used(port))).toEqual([]);
  });

  test("a gateway that is a host name is resolved by the client's sidecar, under another name here", async () => {
    const url = "http://httpbin.north.global:8000/headers";
    const { body } = await eventually("a 200 from north", 60, async () =>
      (await curl(world, "east", url)).find((a) => a.status === 200),
    );
    expect(body).toContain("By=spiffe://north.local/ns/httpbin/sa/httpbin");
    expect(body).toContain("URI=spiffe://cluster.local/ns/sleep/sa/sleep");
    expect(
      await world.kubectl("east", [
        "get",
        "serviceentry",
        "-n",
        "sleep",
        "import-north-httpbin",
        "-o",
        "jsonpath={.spec.resolution} {.spec.endpoints[0].address}",
      ]),
    ).toBe("DNS north-gateway.apps.svc.cluster.local");
  });

  test("a caller of another trust domain reaches an export, as itself", async () => {
    const { body } = await eventually("a 200 in north", 40, async () =>
      (await curl(world, "north", `http://${echo}:8000/`)).find((a) => a.status === 200),
    );
    expect(answeredBy(body)).toBe("west");
    expect(body).toMatch(/X-Forwarded-Client-Cert:.*URI=spiffe:\/\/north\.local\/ns\/sleep\/sa\/sleep/);
  });

  test("one import from two meshes: both answer, and each for the other when it is gone", async () => {
    const [west, north] = ["200 cluster.local", "200 north.local"];
    const byOf = async () =>
      (await curl(world, "east", `${bin}/headers`, 20)).map(
        ({ status, body }) => `${status} ${/By=spiffe:\/\/([^/]+)/.exec(body)?.[1]}`,
      );
    // Its own look-up of the gateway's name, again within a minute where it found nothing.
    await eventually("answers of both", 90, async () => {
      const by = await byOf();
      return by.includes(west) && by.includes(north) ? true : undefined;
    });
    await world.kubectl("north", ["scale", "-n", "httpbin", "deployment/httpbin", "--replicas=0"]);
    try {
      // A call that still goes to the pod that was killed may hang for its whole five seconds.
      await eventually("west answers alone", 60, async () =>
        (await byOf()).every((by) => by === west) ? true : undefined,
      );
    } finally {
      await world.kubectl("north", ["scale", "-n", "httpbin", "deployment/httpbin", "--replicas=1"]);
    }
    // No call before it is there: each that finds nothing makes the next ejection ten seconds longer (10 s, 20 s, 30 s ...).
    await world.kubectl("north", ["rollout", "status", "-n", "httpbin", "deployment/httpbin", "--timeout=120s"]);
    await eventually("north answers again", 90, async () => ((await byOf()).includes(north) ? true : undefined));
  });

  test("two service accounts behind one export: 50 calls, all 200; a third that is not declared is refused, and named in a preview", async () => {
    const fiftyTimes200 = () =>
      answersInARow("50 times 200", 60, Array(50).fill(200), () => curl(world, "east", `http://${echo}:8000/`, 50));
    await fiftyTimes200();
    // A connection stays with the pod it reached; calls at the same time need several.
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
      // Connections are kept, and only a new one can meet the new pod: each try needs more of them at once than any before.
      let atOnce = 40;
      await eventually("a refused answer", 90, async () =>
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
      expect(output).toMatch(
        /export "echo": pods of its Service run as service account "echo-c", which serviceAccounts does not name \(it names echo-a, echo-b\)/,
      );
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
        const said = await eventually(`ten answers of ${subset}`, 40, async () => {
          const text = await callerSays(
            world,
            "east",
            `http://${echo}:8000`,
            "--count",
            "10",
            "-H",
            `subset:${subset}`,
          );
          const versions = [...text.matchAll(/ServiceVersion=(\S+)/g)].map((m) => m[1]);
          return versions.length === 10 && versions.every((v) => v === subset) ? versions : undefined;
        });
        expect(said).toHaveLength(10);
      }
    } finally {
      await world.kubectl("east", ["delete", "virtualservice", "-n", "apps", "echo"]);
    }
  });

  test("after 20 answers of 500 from a remote-only import the 21st call still reaches it", async () => {
    await answersInARow("20 times 500, then 200", 30, [...Array(20).fill(500), 200], async () => [
      ...(await curl(world, "east", `http://${echo}:8000/?codes=500`, 20)),
      ...(await curl(world, "east", `http://${echo}:8000/`)),
    ]);
  });
}
