import { INSIDE } from "#actors/executor/engine.ts";

/** The door's socket in the folder that is seen inside. */
export const DOOR_SOCKET = "net.sock";

/** Where programs inside find the proxy. */
const PROXY = "http://127.0.0.1:3128";

/** What every program inside is given, so that it goes through the door without being told. */
export const DOOR_ENV: Readonly<Record<string, string>> = {
  ...{ http_proxy: PROXY, https_proxy: PROXY, HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY },
  ...{ no_proxy: "localhost,127.0.0.1,::1", NO_PROXY: "localhost,127.0.0.1,::1" },
  NODE_USE_ENV_PROXY: "1",
};

/** The program inside that leads from `PROXY` to the door; a second one finds its port taken and ends. */
export function doorArgv(): readonly string[] {
  const { port, hostname } = new URL(PROXY);
  const listen = `TCP-LISTEN:${port},bind=${hostname},fork,reuseaddr,max-children=128`;
  return ["socat", listen, `UNIX-CONNECT:${INSIDE.door}/${DOOR_SOCKET}`];
}
