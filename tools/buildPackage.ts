import { join, resolve } from "node:path";
import { writePackage } from "./package/write.ts";
import { writeCreatePackage } from "./package/writeCreate.ts";

/*
 * `npm run build:package [-- FOLDER]`: writes the npm package of the library to `package` and that of `npm create` to
 * `create`, in dist or another folder.
 */
const root = join(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? join(root, "dist"));
const [library, create] = [join(folder, "package"), join(folder, "create")];
writePackage(root, library);
writeCreatePackage(root, create);
process.stdout.write(`${library}\n${create}\n`);
