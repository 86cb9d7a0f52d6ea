import { serve } from "../shared/serve.ts";
import { tlsPlugin } from "./plugin.ts";

await serve(tlsPlugin());
