import { certificateNotes } from "../../../status/certificateNotes.ts";
import { certificatesOf } from "../../../status/certificates.ts";
import { statusScreen } from "../../../status/screen.ts";
import { statusOf } from "../../../status/status.ts";
import { contract, pki } from "../federation/trust/rotationFixtures.ts";
import { expiry, now, up, west } from "./statusFixtures.ts";

const day = 86_400_000;

describe("the certificates of a mesh", () => {
  test("are those that it publishes, and those of a workload, each once", async () => {
    const { old, fresh, east } = await pki;
    const published = contract("west", [
      ["active", old.root],
      ["next", fresh.root],
    ]);
    const workload = { workload: "apps/cart", bundle: [old.root, fresh.root, east.anchor], chain: old.chain };
    const rows = certificatesOf({ ...published, ca: old.ca }, workload, { earlyRenewal: 30 * day });
    expect(rows.map(({ kind, certificate, sha256 }) => [kind, certificate, sha256])).toEqual([
      ["root", "root CA (active): CN=west 1", old.root.sha256],
      ["root", "root CA (next): CN=west 2", fresh.root.sha256],
      ["intermediate", "intermediate CA: CN=intermediate of west 1", old.ca.sha256],
      ["workload", "workload apps/cart", old.chain[0]!.sha256],
      ["anchor", "anchor for east.local: CN=east 1", east.anchor.sha256],
    ]);
    expect(rows.map(({ rotatable }) => rotatable)).toEqual([true, true, undefined, undefined, undefined]);
    expect(rows[4]).toMatchObject({ permits: ["east.local"] });
  });

  test("include a root that the mesh does not publish", async () => {
    const { old, fresh } = await pki;
    const published = contract("west", [["active", fresh.root]]);
    const rows = certificatesOf(published, { workload: "a/b", bundle: [old.root], chain: old.chain }, undefined);
    expect(rows.map(({ certificate }) => certificate)).toContain("root CA (unpublished): CN=west 1");
    expect(certificatesOf(published, undefined, undefined).map(({ kind }) => kind)).toEqual(["root"]);
  });
});

describe("the CA of a mesh", () => {
  test("is renewed by no up where it ends with its root, or another project signs it", async () => {
    const { old } = await pki;
    const roots = contract("west", [["active", old.root]]);
    const renewed = (ca: typeof old.ca, earlyRenewal: number | undefined) =>
      certificatesOf({ ...roots, ca }, undefined, { earlyRenewal }).flatMap(({ renewsAt }) => renewsAt ?? []);
    const shorter = { ...old.ca, notAfter: new Date(old.root.notAfter.getTime() - day) };
    expect(renewed(shorter, 30 * day)).toEqual([shorter.notAfter.getTime() - 30 * day]);
    expect(renewed(shorter, undefined)).toEqual([]);
    expect(renewed({ ...old.ca, notAfter: old.root.notAfter }, 30 * day)).toEqual([]);
  });

  test("shows the trust domain that it is bound to", async () => {
    const { old } = await pki;
    const ca = { ...old.ca, permittedUris: ["west.local"] };
    expect(certificatesOf({ ...contract("west", []), ca }, undefined, undefined)).toMatchObject([
      { certificate: "intermediate CA for west.local: CN=intermediate of west 1", permits: ["west.local"] },
    ]);
  });
});

describe("a note about a certificate", () => {
  test.each([
    { what: "a leaf", given: expiry("workload", { notAfter: now + day }), note: undefined },
    { what: "a root with more than a month", given: expiry("root", { notAfter: now + 31 * day }), note: undefined },
    {
      what: "a root with less",
      given: expiry("root", { notAfter: now + 29 * day, rotatable: true }),
      note: /2026-06-30.*npm run rotate/,
    },
    {
      what: "a root of another owner",
      given: expiry("root", { notAfter: now + day }),
      note: /Its owner must change it/,
    },
    {
      what: "an anchor with less",
      given: expiry("anchor", { notAfter: now + 29 * day }),
      note: /owner of the root that it stands for/,
    },
    {
      what: "a CA that an up renews soon",
      given: expiry("intermediate", { notAfter: now + 59 * day, renewsAt: now + 29 * day }),
      note: /ends on 2026-07-30; an `up` from 2026-06-30 on renews it/,
    },
    {
      what: "a CA that an up renews now",
      given: expiry("intermediate", { notAfter: now + 20 * day, renewsAt: now - 10 * day }),
      note: /an `up` renews it$/,
    },
    {
      what: "a CA that an up renews later",
      given: expiry("intermediate", { notAfter: now + 80 * day, renewsAt: now + 50 * day }),
      note: undefined,
    },
  ])("is there for $what: $note", ({ given, note }) =>
    expect(certificateNotes([given], now)).toEqual(note ? [{ mesh: "west", note: expect.stringMatching(note) }] : []),
  );
});

test("the status shows a rotation, and peers that are not trusted yet", () => {
  const contractOfWest = { ...west, pendingTrust: [{ mesh: "east", reason: "its root is not pinned" }] };
  const status = statusOf([{ ...up(contractOfWest), rotation: "phase add, from root 1 to root 2" }], [], []);
  expect(status).toMatchObject({
    rotations: [{ mesh: "west", rotation: "phase add, from root 1 to root 2" }],
    pendingTrust: [{ mesh: "west", peer: "east", reason: "its root is not pinned" }],
  });
  const screen = statusScreen(status, now);
  expect(screen).toContain("ROTATION west: phase add, from root 1 to root 2 (`npm run rotate`)\n");
  expect(screen).toContain("TRUST   west does not trust east yet: its root is not pinned\n");
});
