import { serve } from "../shared/serve.ts";
import { kubernetesPlugin } from "./plugin.ts";

await serve(kubernetesPlugin());
