/** Credentials in use: the importing mesh's alone, or those of both sides. */
export const accessModes = ["own", "both"] as const;
export type AccessMode = (typeof accessModes)[number];
