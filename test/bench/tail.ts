import { runChaos } from "#chaos/run.ts";
