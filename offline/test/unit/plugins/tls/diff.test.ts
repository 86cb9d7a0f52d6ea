import { diffOf } from "../../../../plugins/tls/diff.ts";
import { certRequest } from "../../../../plugins/tls/certRequest.ts";
import { locallySignedCert } from "../../../../plugins/tls/locallySignedCert.ts";
import { privateKey } from "../../../../plugins/tls/privateKey.ts";
import { selfSignedCert } from "../../../../plugins/tls/selfSignedCert.ts";
import { isReadyForRenewal, now, rfc3339 } from "../../../../plugins/tls/time.ts";
import { Unknown, type Values } from "../../../../plugins/shared/values.ts";
import { at, plugin, types } from "./support.ts";

const root: Values = {
  allowedUses: ["cert_signing"],
  privateKeyPem: "K",
  subject: { commonName: "Root", organization: "mesh" },
  validityPeriodHours: 87600,
};
const rootState: Values = {
  ...root,
  certPem: "C",
  earlyRenewalHours: 0,
  id: "1",
  isCaCertificate: false,
  keyAlgorithm: "RSA",
  readyForRenewal: false,
  setAuthorityKeyId: false,
  setSubjectKeyId: false,
  validityStartTime: "2026-11-23T10:55:32.021127768Z",
  validityEndTime: "2036-11-20T10:55:32.021127768Z",
};
const early = Date.parse("2027-01-01T00:00:00Z");

describe("the diff of a certificate", () => {
  test.each([
    { name: "nothing", news: root },
    { name: "a default that is now given", news: { ...root, earlyRenewalHours: 0, isCaCertificate: false } },
  ])("is empty for $name", ({ news }) => {
    expect(diffOf(selfSignedCert, rootState, news, early)).toEqual({ changes: false });
  });

  test.each([
    {
      name: "a field of the subject",
      change: { subject: { commonName: "Root", organization: "other" } },
      top: "subject",
      detail: { "subject.organization": { kind: "update-replace" } },
    },
    {
      name: "a field less",
      change: { subject: { commonName: "Root" } },
      top: "subject",
      detail: { "subject.organization": { kind: "delete-replace" } },
    },
    {
      name: "another use",
      change: { allowedUses: ["cert_signing", "crl_signing"] },
      top: "allowedUses",
      detail: { "allowedUses[1]": { kind: "add-replace" } },
    },
    {
      name: "another key",
      change: { privateKeyPem: "K2" },
      top: "privateKeyPem",
      detail: { privateKeyPem: { kind: "update-replace" } },
    },
    {
      name: "a key not known yet",
      change: { privateKeyPem: Unknown.value },
      top: "privateKeyPem",
      detail: { privateKeyPem: { kind: "update-replace" } },
    },
    {
      name: "another validity",
      change: { validityPeriodHours: 1 },
      top: "validityPeriodHours",
      detail: { validityPeriodHours: { kind: "update-replace" } },
    },
    {
      name: "other than the default",
      change: { isCaCertificate: true },
      top: "isCaCertificate",
      detail: { isCaCertificate: { kind: "update-replace" } },
    },
    { name: "names", change: { dnsNames: ["a"] }, top: "dnsNames", detail: { dnsNames: { kind: "add-replace" } } },
  ])("replaces it for $name", ({ change, top, detail }) => {
    expect(diffOf(selfSignedCert, rootState, { ...root, ...(change as object) }, early)).toEqual({
      changes: true,
      diffs: [top],
      replaces: [top],
      detailedDiff: detail,
    });
  });

  test("replaces a key for a new version only, not for its write-only value", () => {
    const news = { subject: root["subject"]!, privateKeyPemWo: "K", privateKeyPemWoVersion: 1 };
    const state = {
      subject: root["subject"]!,
      privateKeyPemWoVersion: 1,
      certRequestPem: "R",
      id: "1",
      keyAlgorithm: "RSA",
    };
    expect(diffOf(certRequest, state, news)).toEqual({ changes: false });
    expect(diffOf(certRequest, state, { ...news, privateKeyPemWo: "K2" })).toEqual({ changes: false });
    expect(diffOf(certRequest, state, { ...news, privateKeyPemWoVersion: 2 })).toMatchObject({
      replaces: ["privateKeyPemWoVersion"],
    });
  });

  test("updates the time of renewal in place", () => {
    expect(diffOf(selfSignedCert, rootState, { ...root, earlyRenewalHours: 720 }, early)).toEqual({
      changes: true,
      diffs: ["earlyRenewalHours"],
      replaces: [],
      detailedDiff: { earlyRenewalHours: { kind: "update" } },
    });
  });

  test("replaces it when it is due for renewal", () => {
    const late = Date.parse("2036-11-01T00:00:00Z");
    const news = { ...root, earlyRenewalHours: 720 };
    expect(diffOf(selfSignedCert, { ...rootState, earlyRenewalHours: 720 }, news, late)).toEqual({
      changes: true,
      diffs: ["readyForRenewal"],
      replaces: ["readyForRenewal"],
      detailedDiff: { readyForRenewal: { kind: "update-replace" } },
    });
    expect(diffOf(selfSignedCert, rootState, root, late)).toEqual({ changes: false });
  });

  test("is an update when a renewal is cancelled", () => {
    expect(
      diffOf(selfSignedCert, { ...rootState, earlyRenewalHours: 87600, readyForRenewal: true }, root, early),
    ).toMatchObject({ replaces: [], diffs: ["earlyRenewalHours", "readyForRenewal"] });
  });

  test("compares keys with their defaults", () => {
    const state = { algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P224", id: "1", privateKeyPem: "K" };
    expect(diffOf(privateKey, state, { algorithm: "RSA" })).toEqual({ changes: false });
    expect(diffOf(privateKey, state, { algorithm: "RSA", rsaBits: 4096 })).toMatchObject({
      changes: true,
      replaces: ["rsaBits"],
    });
  });

  test("replaces it for a changed request or CA", () => {
    const inputs = {
      allowedUses: [],
      caCertPem: "A",
      caPrivateKeyPem: "K",
      certRequestPem: "R",
      validityPeriodHours: 1,
    };
    const state = {
      ...inputs,
      earlyRenewalHours: 0,
      isCaCertificate: false,
      setSubjectKeyId: false,
      validityEndTime: "2036-11-20T10:55:32Z",
    };
    expect(diffOf(locallySignedCert, state, inputs, early)).toEqual({ changes: false });
    expect(
      diffOf(locallySignedCert, state, { ...inputs, caCertPem: "B", certRequestPem: Unknown.value }, early),
    ).toMatchObject({ replaces: ["caCertPem", "certRequestPem"] });
  });

  test("after a refresh reports only that it is due for renewal", async () => {
    const read = (end: string) =>
      plugin.read({ ...at(types.root), id: "1", properties: { ...rootState, validityEndTime: end }, inputs: root });
    expect((await read("2020-01-01T00:00:00Z"))!.properties["readyForRenewal"]).toBe(true);
    expect((await read("2999-01-01T00:00:00Z"))!.properties["readyForRenewal"]).toBe(false);
  });
});

describe("the renewal", () => {
  test.each([
    { end: "2030-01-01T12:00:00.5Z", hours: 0, at: "2030-01-01T12:00:00.499Z", ready: false },
    { end: "2030-01-01T12:00:00.5Z", hours: 0, at: "2030-01-01T12:00:00.500Z", ready: true },
    { end: "2030-01-01T14:00:00+02:00", hours: 1, at: "2030-01-01T11:00:00Z", ready: true },
    { end: "2030-01-01T12:00:00Z", hours: 1, at: "2030-01-01T10:59:59Z", ready: false },
    { end: "soon", hours: 1, at: "2030-01-01T10:59:59Z", ready: false },
    { end: undefined, hours: 1, at: "2030-01-01T10:59:59Z", ready: false },
  ])("of a certificate that ends $end, $hours h early, is due at $at: $ready", ({ end, hours, at, ready }) => {
    expect(isReadyForRenewal(end, hours, Date.parse(at))).toBe(ready);
  });
});

describe("a time", () => {
  test("has only as many decimals as it needs", () => {
    expect(rfc3339({ seconds: 0, nanoseconds: 0 })).toBe("1970-01-01T00:00:00Z");
    expect(rfc3339({ seconds: 1, nanoseconds: 21_127_760 })).toBe("1970-01-01T00:00:01.02112776Z");
    expect(Math.abs(now().seconds - Date.now() / 1000)).toBeLessThan(2);
  });
});
