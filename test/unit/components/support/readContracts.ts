/*
 * A program of its own, because Node reads NODE_EXTRA_CA_CERTS at its start: reads contracts from URLs, all at once,
 * and prints what came of each. With --expose-gc it collects garbage meanwhile.
 */
import { contractFromUrl, type ContractRequest } from "../../../../components/contractSources.ts";

const wanted = JSON.parse(process.argv[2]!) as { url: string; request?: ContractRequest }[];
const garbage = setInterval(() => global.gc?.(), 250).unref();
const read = await Promise.all(
  wanted.map(async ({ url, request }) => {
    const started = Date.now();
    const outcome = await contractFromUrl(url, request).then(
      (contract) => ({ contract }),
      (error: Error & { code?: string }) => ({ code: error.code, message: error.message }),
    );
    return { ...outcome, milliseconds: Date.now() - started };
  }),
);
clearInterval(garbage);
process.stdout.write(JSON.stringify(read));
