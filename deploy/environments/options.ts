import { hostname } from "node:os";
import { type ExecutorOptions, executorOptionsFrom } from "#actors/executor/options.ts";
import { EXECUTOR_SETTINGS } from "#deploy/settings/executor-settings.ts";
import { readSettingsFile } from "#deploy/settings/file.ts";
import { resolveSetting, usable } from "#deploy/settings/resolve.ts";
import { variableOf } from "#deploy/settings/setting.ts";
import { NOT_ASKED } from "#deploy/settings/shared.ts";
import { encodeToken } from "#subjects/mod.ts";

/** How the executor of this home on this host is set up, or will be once it is started anew. Throws: SettingUnusable. */
export function executorOptionsHere(root: string, env: NodeJS.ProcessEnv = process.env): ExecutorOptions {
  const sources = { env, shared: NOT_ASKED, file: readSettingsFile(root) };
  const said = Object.keys(EXECUTOR_SETTINGS).map((key) => [
    variableOf(key),
    String(usable(key, resolveSetting(key, sources).winner, EXECUTOR_SETTINGS)),
  ]);
  return executorOptionsFrom({ ...env, ...Object.fromEntries(said), THALASSA_HOME: root }, executorHost(env));
}

/** The name by which this host is known to others. */
export function executorHost(env: NodeJS.ProcessEnv = process.env): string {
  return encodeToken(env.THALASSA_HOST || hostname());
}
