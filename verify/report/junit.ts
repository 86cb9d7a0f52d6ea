import imported, { type Builder } from "junit-report-builder";
import { edgeName } from "../edge.ts";
import type { GuardResult } from "../negativeChecks.ts";
import type { EdgeResult } from "../judgeEdge.ts";
import { diagnosis } from "./table.ts";

// Its types describe an ES module, which it is only for some loaders.
const builder: Builder = (imported as unknown as { default?: Builder }).default ?? (imported as unknown as Builder);

/** The results as JUnit XML: a suite per importing mesh, a case per edge; one suite for what must fail. */
export function junitReport(
  results: EdgeResult[],
  guards: GuardResult[],
  unreachable: string[],
  notCalled: string[] = [],
  pending: string[] = [],
): string {
  const report = builder.newBuilder();
  for (const [mesh, edges] of Map.groupBy(results, (r) => r.edge.mesh)) {
    const suite = report.testSuite().name(`imports of ${mesh}`);
    for (const result of edges) {
      const test = suite
        .testCase()
        .className(`imports.${mesh}`)
        .name(edgeName(result.edge))
        .time((result.evidence.answer?.milliseconds ?? 0) / 1000);
      if (!result.good) test.failure(diagnosis(result).join("\n"), result.broken?.hop ?? "identity");
    }
  }
  if (guards.length > 0) {
    const suite = report.testSuite().name("what must fail or not exist");
    for (const guard of guards) {
      const test = suite.testCase().className(`guards.${guard.mesh}`).name(guard.name);
      if (guard.state === "bad") test.failure(guard.evidence, "guard");
      if (guard.state === "unknown") test.skipped();
    }
  }
  for (const [name, texts] of [
    ["imports without a client", notCalled],
    ["pending imports", pending],
  ] as const) {
    if (texts.length === 0) continue;
    const suite = report.testSuite().name(name);
    for (const text of texts) suite.testCase().className("imports").name(text).skipped();
  }
  if (unreachable.length > 0) {
    const suite = report.testSuite().name("meshes");
    for (const text of unreachable) suite.testCase().className("meshes").name(text).error(text);
  }
  return report.build();
}
