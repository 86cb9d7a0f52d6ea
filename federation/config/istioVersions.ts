/**
 * Istio minors whose charts and semantics this project is written for. A version outside the table needs `istioMinor`,
 * by which the user says whose behaviour it has. Source: https://istio.io/latest/docs/releases/supported-releases/
 */
export const supportedIstioMinors = ["1.28", "1.29", "1.30", "1.31"] as const;

export type IstioMinor = (typeof supportedIstioMinors)[number];

/** The minor of a version string such as `1.30.2` or `1.31-alpha.abc`, if the table has it. */
export function minorOf(version: string): IstioMinor | undefined {
  const minor = /^v?(\d+\.\d+)(?=$|[.\-+])/.exec(version)?.[1];
  return supportedIstioMinors.find((m) => m === minor);
}

/**
 * How many minors two federated meshes may be apart. Istio has no rule for meshes with separate control planes; this is
 * the skew it supports between a control plane and its proxies.
 * https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export const supportedSkew = 2;
