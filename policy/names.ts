/** Annotation on the Gateway of an export that is declared public. */
export const publicAnnotation = "mesh-federation.dev/public";

/** Label that an export's Gateway and its AuthorizationPolicy have in common. */
export const exportLabel = "mesh-federation.dev/export";
