import { lockFiles, promote } from "./releaseLock.ts";

/** `npm run lock:releases`: what this clone downloaded and checked becomes what every clone checks against. */
const urls = promote(lockFiles);
process.stdout.write(
  urls.length === 0
    ? `nothing new for ${lockFiles.committed}\n`
    : `${urls.map((url) => `${url}\n`).join("")}${urls.length} recorded in ${lockFiles.committed}; commit that file\n`,
);
