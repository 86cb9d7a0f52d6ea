/** Variable that adds the long scenarios to the e2e tier where it is `1`. `npm run test:soak` sets it. */
export const soakVariable = "MESH_FEDERATION_SOAK";

/** Whether the long tests run, too. */
export function isSoak(): boolean {
  return process.env[soakVariable] === "1";
}
