import { join } from "node:path";

/** Path of a program that the tier prepared, such as `etcd` or `act`. */
export function testProgram(name: string): string {
  const bin = process.env["MESH_FEDERATION_TEST_BIN"];
  if (!bin)
    throw new Error(
      "MESH_FEDERATION_TEST_BIN is not set: run these tests with `npm run test:engine`, which prepares the programs",
    );
  return join(bin, name);
}
