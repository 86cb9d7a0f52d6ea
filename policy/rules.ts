import type { Rule } from "./rule.ts";
import { exportCallers } from "./rules/exportCallers.ts";
import { gatewayHosts } from "./rules/gatewayHosts.ts";
import { gatewayTls } from "./rules/gatewayTls.ts";
import { importSans } from "./rules/importSans.ts";
import { noClashes } from "./rules/noClashes.ts";
import { peerCredentials } from "./rules/peerCredentials.ts";
import { plainPrivateKeys } from "./rules/plainPrivateKeys.ts";
import { strictMtls } from "./rules/strictMtls.ts";
import { trustIsBound } from "./rules/trustIsBound.ts";

/** Every rule, in the order of the documentation. */
export const rules: readonly Rule[] = [
  gatewayHosts,
  importSans,
  exportCallers,
  peerCredentials,
  plainPrivateKeys,
  strictMtls,
  trustIsBound,
  gatewayTls,
  noClashes,
];
