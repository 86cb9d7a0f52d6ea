import { answeredBy, callerSays, curl, echoDeployment, echoPorts, echoService, reasonOf503 } from "../support/echo.ts";
import { editStack, withStack } from "../support/stacks.ts";
import { eventually, type World } from "../support/world.ts";

const restricted = "guarded.mesh.global";
const hidden = "private.apps.svc.cluster.local";

/** Who may call what: the cause of each denial, and the one change that allows the call. */
export function callers(world: World): void {
  const statusOf = async (mesh: string, url: string) => (await curl(world, mesh, url))[0]!;

  test("a call is denied until its host is exported and its caller named", async () => {
    await world.apply("west", ...echoDeployment("west", "private", "private"), echoService("private", [echoPorts[0]]));
    await copyWorkingImport(world);
    // A named caller is answered, over HTTP and TCP.
    expect(
      answeredBy(
        await eventually("an answer for the named caller", 40, async () =>
          answerOf(await callerSays(world, "east", `http://${restricted}:8000`)),
        ),
      ),
    ).toBe("west");
    await eventually("an answer for the named caller over TCP", 40, async () =>
      answerOf(await callerSays(world, "east", `tcp://${restricted}:9001`)),
    );
    // Another caller, of the same trust domain or another: a 403 over HTTP, a closed connection over TCP.
    for (const mesh of ["east", "north"]) {
      const refused = await eventually(`a 403 in ${mesh}`, 40, async () =>
        found(await statusOf(mesh, `http://${restricted}:8000/`), 403),
      );
      expect(refused.body).toContain("RBAC: access denied");
    }
    expect(await tcp(world, `${restricted}:9001`)).toBe("");
    // A host that is not exported, called through a copy of a working import's objects.
    await eventually("a 503", 40, async () => found(await statusOf("east", `http://${hidden}:8000/`), 503));
    expect(await reasonOf503(world, "east", hidden, /Connection_reset_by_peer/)).toContain(":15443");

    editStack(world, "west", (config) => {
      const { exports } = config as { exports: { name: string; callers: string[] }[] };
      exports.find((e) => e.name === "guarded")!.callers.push("sleep/sleep");
      (exports as unknown[]).push({
        name: "private",
        namespace: "apps",
        service: "private",
        ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
        serviceAccounts: ["private"],
        to: ["east"],
      });
    });
    await world.clone.must("pulumi", ["up", "--yes", "--skip-preview", "--stack", "west"]);
    for (const mesh of ["east", "north"])
      expect(
        await eventually(`a 200 in ${mesh}`, 40, async () =>
          found(await statusOf(mesh, `http://${restricted}:8000/`), 200),
        ),
      ).toBeTruthy();
    expect(
      await eventually("an answer over TCP", 40, async () => (await tcp(world, `${restricted}:9001`)) || undefined),
    ).toContain("StatusCode=200");
    expect(
      answeredBy(
        (
          await eventually("a 200 from the host that is exported now", 40, async () =>
            found(await statusOf("east", `http://${hidden}:8000/`), 200),
          )
        ).body,
      ),
    ).toBe("west");
    await world.kubectl("east", ["delete", "-n", "sleep", "serviceentry", "private"]);
  });

  test("a policy of a mesh-neutral host does not bind callers in the exporting mesh", async () => {
    await eventually("a 200 in west", 20, async () =>
      found(await statusOf("west", "http://guarded.apps.svc.cluster.local:8000/"), 200),
    );
  });

  test("callers of a peer whose trust domain is cluster.local are named by a mesh of another", async () => {
    const url = "http://httpbin.north.global:8000/headers";
    await eventually("a 200 for the named caller", 40, async () => found(await statusOf("east", url), 200));
    expect(await callerSays(world, "east", url)).toContain("StatusCode=403");
    // Without the policy the other caller is answered: it is the policy that denies it.
    const policy = ["authorizationpolicy", "-n", "httpbin", "export-httpbin"];
    const { apiVersion, kind, metadata, spec } = JSON.parse(
      await world.kubectl("north", ["get", ...policy, "-o", "json"]),
    );
    expect(spec.rules).toEqual([
      { from: [{ source: { trustDomains: ["cluster.local"], notServiceAccounts: ["sleep/sleep"] } }] },
    ]);
    await world.kubectl("north", ["delete", ...policy]);
    try {
      await eventually("an answer for any caller", 40, async () => answerOf(await callerSays(world, "east", url)));
    } finally {
      const { name, namespace, labels, annotations } = metadata;
      await world.apply("north", { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec });
    }
    await eventually("a 403 for another caller", 40, async () =>
      (await callerSays(world, "east", url)).includes("StatusCode=403") ? true : undefined,
    );
  });

  test("a wrong pinned identity is a certificate error until the identity is corrected", async () => {
    const url = "http://echo.apps.svc.cluster.local:8000/";
    const pin = (accounts: string[]) =>
      world.kubectl("east", [
        ...["patch", "-n", "apps", "serviceentry", "import-west-echo", "--type=merge", "-p"],
        JSON.stringify({ spec: { subjectAltNames: accounts.map((a) => `spiffe://cluster.local/ns/apps/sa/${a}`) } }),
      ]);
    await pin(["other-account"]);
    try {
      await eventually("a 503", 40, async () => found(await statusOf("east", url), 503));
      await reasonOf503(
        world,
        "east",
        "echo.apps",
        /CERTIFICATE_VERIFY_FAILED.*certificate_SANs_are_\[spiffe:\/\/cluster\.local\/ns\/apps\/sa\/echo-[ab]\]/,
      );
    } finally {
      await pin(["echo-a", "echo-b"]);
    }
    await eventually("a 200", 40, async () => found(await statusOf("east", url), 200));
  });

  test("an exporter's preview rejects the removal of an imported export and names the importers", async () => {
    await withStack(
      world,
      "west",
      (config) => (config["exports"] = config["exports"].filter((e: { name: string }) => e.name !== "echo")),
      async () => {
        const { code, output } = await world.clone.run("pulumi", ["preview", "--stack", "west"]);
        expect(code).not.toBe(0);
        for (const mesh of ["east", "north"])
          expect(output).toMatch(new RegExp(`export "echo".*removed.*mesh "${mesh}".*\\[export-breaks-import\\]`));
      },
    );
  });
}

/** An entry for a host that is not exported, copied from an import that works. */
async function copyWorkingImport(world: World): Promise<void> {
  const text = await world.kubectl("east", ["get", "serviceentry", "-n", "apps", "import-west-echo", "-o", "json"]);
  const { apiVersion, kind, spec } = JSON.parse(text) as {
    apiVersion: string;
    kind: string;
    spec: Record<string, unknown>;
  };
  const own = { hosts: [hidden], subjectAltNames: ["spiffe://cluster.local/ns/apps/sa/private"] };
  await world.apply("east", {
    ...{ apiVersion, kind },
    metadata: { name: "private", namespace: "sleep" },
    spec: { ...spec, ...own, exportTo: ["sleep"] },
  });
}

function found<T extends { status: number }>(answer: T, status: number): T | undefined {
  return answer.status === status ? answer : undefined;
}

function answerOf(text: string): string | undefined {
  return text.includes("StatusCode=200") ? text : undefined;
}

/** A TCP server's answer to a line from the pod `sleep` of east; empty when it only closes the connection. */
async function tcp(world: World, target: string): Promise<string> {
  const script = `(echo hello; sleep 1) | curl -s --max-time 4 telnet://${target} || true`;
  return (
    await world.kubectl("east", ["exec", "-n", "sleep", "deploy/sleep", "-c", "sleep", "--", "sh", "-c", script])
  ).trim();
}
