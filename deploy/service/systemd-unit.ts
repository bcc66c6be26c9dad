import { AGAIN_SECONDS, type ServiceProgram, STOP_SECONDS } from "./program.ts";

/** For whom a unit runs: for the user whose manager has it, or in the whole system as the user of that number. */
export type UnitScope = { readonly type: "user" } | { readonly type: "system"; readonly uid: number };

/**
 * The text of the systemd unit. Source: systemd.service(5), systemd.exec(5), systemd.kill(5).
 * `mixed`: SIGTERM goes to `up` alone, which ends the kinds first and the bus last; whatever is left then is killed.
 */
export function systemdUnit({ command, environment }: ServiceProgram, scope: UnitScope): string {
  const [node = "", ...args] = command;
  const isSystem = scope.type === "system";
  return [
    "# Written by `thalassa service install`, which also updates it; put changes of your own into a drop-in",
    `# (systemctl ${isSystem ? "" : "--user "}edit).`,
    "[Unit]",
    "Description=Thalassa: AI agents as durable actors on NATS",
    ...(isSystem ? ["After=network.target"] : []),
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    ...(isSystem ? [`User=${scope.uid}`] : []),
    ...Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    // The path of the program is taken as it is; only in its arguments `$` would begin a variable.
    `ExecStart=${[quoted(node), ...args.map((arg) => quoted(arg).replaceAll("$", "$$$$"))].join(" ")}`,
    "Restart=on-failure",
    `RestartSec=${AGAIN_SECONDS}`,
    "RestartPreventExitStatus=2",
    "KillMode=mixed",
    `TimeoutStopSec=${STOP_SECONDS}`,
    "OOMPolicy=continue",
    "UMask=0077",
    "SyslogIdentifier=thalassa",
    "",
    "[Install]",
    `WantedBy=${isSystem ? "multi-user.target" : "default.target"}`,
    "",
  ].join("\n");
}

/** One word of a line: in quotes, with what would end them or begin a specifier made harmless. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("%", "%%");
}
