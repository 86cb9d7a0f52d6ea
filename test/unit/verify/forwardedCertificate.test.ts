import { checkEdge } from "../../../verify/checkEdge.ts";
import { lastForwardedElement } from "../../../verify/forwardedCertificate.ts";
import { echoedHeaders } from "../../../verify/gather/curlAnswer.ts";
import { notObservable } from "../../../verify/identity.ts";
import { edge, httpbin, passingAnswer, passingEvidence } from "./fixtures.ts";

const client = "spiffe://cluster.local/ns/sleep/sa/sleep";
const other = "spiffe://cluster.local/ns/a/sa/b";
const hash = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809";
/** As Envoy writes it for a caller. https://github.com/envoyproxy/envoy/blob/main/source/common/http/conn_manager_utility.cc */
const written = (uri: string, subject = "") => `By=${httpbin};Hash=${hash};Subject="${subject}";URI=${uri}`;

const echo = (...header: string[]) => ({
  ...passingEvidence,
  answer: {
    ...passingAnswer,
    echoed: echoedHeaders(JSON.stringify({ headers: { "X-Forwarded-Client-Cert": header } })),
  },
});
const outcome = (...header: string[]) => {
  const { identities, passed, problems } = checkEdge(edge, echo(...header), ["east", "west"]);
  return { caller: identities.caller, passed, codes: problems.map(({ code }) => code) };
};

describe("the last element of X-Forwarded-Client-Cert", () => {
  test.each([
    ["a Subject with commas and semicolons", written(client, "CN=sleep,OU=a;b,O=Example, Inc.")],
    ["a Subject with quotes and backslashes", written(client, String.raw`CN=a\"\,By=x\",O=b\\`)],
    ["several names of the caller", `${written(client)};DNS=sleep.example.org;DNS=sleep`],
    ["a certificate in it", `${written(client)};Cert="-----BEGIN%20CERTIFICATE-----%0AMIIB%3D%3D"`],
    ["keys in other cases", `by=${httpbin};HASH=${hash};uri=${client}`],
    ["a proxy before the sidecar", `${written(other)},${written(client)}`],
    ["a proxy before the sidecar, with commas", `${written(other, "CN=x, O=y")}, ${written(client, "CN=x, O=y")}`],
  ])("names the caller with %s", (_, header) => {
    expect(outcome(header)).toEqual({ caller: client, passed: true, codes: [] });
  });

  test("names the caller where the server shows the header as two", () => {
    expect(outcome(written(other), written(client))).toEqual({ caller: client, passed: true, codes: [] });
  });

  test.each([
    ["a whole element", written(client)],
    ["an element of one field", `URI=${client}`],
    ["a quote that it leaves open", `URI=${client};Subject="`],
    ["a quote that it leaves open after a backslash", String.raw`URI=${client};Subject="\\`],
    ["an escaped quote outside of quotes", String.raw`URI=${client};Subject=\"`],
    ["two quotes that it leaves open", `Subject="${client}";X="`],
  ])("is the sidecar's although another caller sends %s", (_, sent) => {
    for (const subject of ["", "CN=a,O=b", String.raw`CN=\"a\\`])
      expect(outcome(`${sent},${written(other, subject)}`)).toEqual({
        caller: other,
        passed: false,
        codes: ["edge-caller-identity"],
      });
  });

  test.each([
    ["no URI", `By=${httpbin};Hash=${hash};Subject="";URI=`, notObservable],
    ["two URIs", `${written(client)};URI=${other}`, `${client}, ${other}`],
  ])("is no proof of the caller with %s", (_, header, caller) => {
    expect(outcome(header)).toEqual({ caller, passed: false, codes: ["edge-caller-identity"] });
  });

  test("says nothing of a caller whose URI the sidecar leaves out", () => {
    expect(outcome(`By=${httpbin};Hash=${hash}`)).toEqual({ caller: notObservable, passed: true, codes: [] });
  });

  test.each(["", ",", ";", "=", "URI", `URI=${client}"`, `x"URI=${client}`, `URI="${client}"x`, `"`.repeat(7), "\\"])(
    "is not read of %j",
    (header) => {
      expect(lastForwardedElement(header)).toBeUndefined();
    },
  );

  test("is found in no time in a header of any form", () => {
    const start = performance.now();
    for (const part of [`\\`, `"`, `\\"`, `;`, `a=;`, `=`, `a="\\`]) {
      lastForwardedElement(`"${part.repeat(16_000)}"`);
      lastForwardedElement(part.repeat(16_000));
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
