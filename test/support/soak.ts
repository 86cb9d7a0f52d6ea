/** Variable that adds the long scenarios to the e2e tier where it is `1`. `npm run test:soak` sets it. */
export const soakVariable = "MESH_FEDERATION_SOAK";
