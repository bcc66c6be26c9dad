export { bubblewrapEngine } from "./engine.ts";
