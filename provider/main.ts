import * as pulumi from "@pulumi/pulumi";
import { ComponentProvider } from "./componentProvider.ts";

/* The plugin that Pulumi's engine starts. Arguments: the address of the engine. */
await pulumi.provider.main(new ComponentProvider(), process.argv.slice(2));
