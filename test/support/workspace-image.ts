import { buildWorkspaceImage } from "#deploy/images/workspace-image.ts";

/** Has the image of environments in the engine: a moment where it is there, else one to three minutes. Gives its name. */
export async function workspaceImage(): Promise<string> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  return (await buildWorkspaceImage({}, tell)).image;
}
