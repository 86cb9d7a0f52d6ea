import { join, resolve } from "node:path";
import { writePackage } from "./package/write.ts";

/* `npm run build:package [-- FOLDER]`: writes the npm package to dist/package, or to another folder. */
const root = join(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? join(root, "dist/package"));
writePackage(root, folder);
process.stdout.write(`${folder}\n`);
