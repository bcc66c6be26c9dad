export { dockerEngine } from "./engine.ts";
export { WORKSPACE_IMAGE } from "./image.ts";
export type { DockerOptions } from "./options.ts";
