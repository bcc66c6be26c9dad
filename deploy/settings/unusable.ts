import { ThalassaError } from "#deploy/errors.ts";
import { nearest } from "./nearest.ts";
import type { SettingTable } from "./setting.ts";

/** A setting that there is not, or that holds something else than it may. */
export class SettingUnusable extends ThalassaError<"setting-unknown" | "setting-invalid"> {}

/** There is no such setting. `where` is where it was met. */
export function unknownSetting(key: string, table: SettingTable, where?: string): SettingUnusable {
  const meant = nearest(key, Object.keys(table));
  const remedy = "`thalassa config` lists all there are";
  return new SettingUnusable({
    code: "setting-unknown",
    message: `${where === undefined ? "" : `${where}: `}there is no setting ${JSON.stringify(key)}`,
    hint: meant === undefined ? remedy : `did you mean ${meant}? ${remedy}`,
    exitCode: 2,
  });
}

/** What stands there is not what may. Shape of `why`: `THALASSA_LOG is "loud"`. */
export function invalidSetting(why: string, hint: string): SettingUnusable {
  return new SettingUnusable({ code: "setting-invalid", message: why, hint, exitCode: 2 });
}
