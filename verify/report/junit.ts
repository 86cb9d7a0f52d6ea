import imported, { type Builder } from "junit-report-builder";
import { edgeName } from "../edge.ts";
import type { VerificationReport } from "./report.ts";
import { diagnosis } from "./diagnosis.ts";
import { inline } from "../../federation/errors/userError.ts";

// Its types describe an ES module, which it is only for some loaders.
const builder: Builder = (imported as unknown as { default?: Builder }).default ?? (imported as unknown as Builder);

/**
 * The results as JUnit XML: a suite per importing mesh with a case per edge, and a suite of the negative checks. The
 * type of a failure is its code. XML has no control characters, and this program's text has none either.
 */
export function junitReport(report: VerificationReport): string {
  const junit = builder.newBuilder();
  for (const [mesh, edges] of Map.groupBy(report.edges, (r) => r.edge.mesh)) {
    const suite = junit.testSuite().name(inline(`imports of ${mesh}`));
    for (const result of edges) {
      const test = suite
        .testCase()
        .className(inline(`imports.${mesh}`))
        .name(inline(edgeName(result.edge)))
        .time((result.evidence.answer?.milliseconds ?? 0) / 1000);
      if (!result.passed)
        test.failure(diagnosis(result).join("\n"), result.failedHop?.code ?? result.problems[0]?.code);
    }
  }
  if (report.negativeChecks.length > 0) {
    const suite = junit.testSuite().name("negative checks");
    for (const { mesh, name, state, evidence, code, page } of report.negativeChecks) {
      const test = suite
        .testCase()
        .className(inline(`negativeChecks.${mesh}`))
        .name(inline(name));
      if (state === "failed") test.failure(inline(`${evidence} [${code}] ${page}`), code);
      if (state === "unknown") test.skipped();
    }
  }
  for (const [name, sentences] of [
    ["imports without a client", report.notCalled],
    ["pending imports", report.pending],
  ] as const) {
    if (sentences.length === 0) continue;
    const suite = junit.testSuite().name(name);
    for (const sentence of sentences.map(inline)) suite.testCase().className("imports").name(sentence).skipped();
  }
  if (report.unreachable.length > 0) {
    const suite = junit.testSuite().name("meshes");
    for (const sentence of report.unreachable.map(inline))
      suite.testCase().className("meshes").name(sentence).error(sentence);
  }
  return junit.build();
}
