import { join } from "node:path";
import { apiReport, apiReports } from "./package/apiReport.ts";
import { compileDeclarations } from "./package/compile.ts";
import { writeInOneStep } from "./writeInOneStep.ts";

/* `npm run docs:api-report`: writes the reports of the package's public names, api/*.api.md. */
const root = join(import.meta.dirname, "..");
const declarations = compileDeclarations(root);
for (const report of apiReports) writeInOneStep(join(root, report.path), apiReport(declarations, report));
