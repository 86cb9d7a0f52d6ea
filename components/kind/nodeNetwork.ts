import { checkNodeNetwork, type NodeNetwork } from "../../federation/cluster/meshPools.ts";
import { UserError } from "../../federation/errors/userError.ts";

/** Command that prints the subnets of the docker network `kind`, then the addresses of its containers, one per line. */
export const inspectNetwork =
  "docker network inspect kind -f " +
  "'{{range .IPAM.Config}}subnet {{.Subnet}}{{println}}{{end}}" +
  "{{range .Containers}}address {{.IPv4Address}}{{println}}{{end}}'";

/**
 * The network in the output of {@link inspectNetwork}.
 * @throws UserError when the network has no IPv4 subnet, or overlaps the networks of pods or services
 */
export function parseNetwork(stdout: string, cluster: { podSubnet: string; serviceSubnet: string }): NodeNetwork {
  const words = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  // The network may also have an IPv6 subnet; the pools are IPv4.
  const values = (kind: string) =>
    words.flatMap(([word, value]) => (word === kind && value && !value.includes(":") ? [value] : []));
  const subnet = values("subnet")[0];
  if (!subnet)
    throw new UserError("node-network-without-ipv4", {
      subject: 'docker network "kind"',
      problem: `it has no IPv4 subnet (docker printed ${JSON.stringify(stdout)})`,
      remedy: "Delete it when no cluster uses it; KinD creates it again",
    });
  checkNodeNetwork(subnet, cluster);
  return {
    subnet,
    addresses: values("address")
      .map((address) => address.split("/")[0]!)
      .sort(),
  };
}
