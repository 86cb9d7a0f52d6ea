import { endWith, failWith } from "./arguments.ts";
import { verifyImport } from "../verify/verifyImport.ts";

// A command of the component ImportVerification.
verifyImport(process.env).then(endWith, failWith);
