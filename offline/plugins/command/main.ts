import { serve } from "../shared/serve.ts";
import { commandPlugin } from "./plugin.ts";

await serve(commandPlugin());
