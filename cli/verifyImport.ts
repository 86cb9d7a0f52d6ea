import { exit, fail } from "./arguments.ts";
import { verifyImport } from "../verify/verifyImport.ts";

// A command of the component ImportVerification.
verifyImport(process.env).then(exit, fail);
