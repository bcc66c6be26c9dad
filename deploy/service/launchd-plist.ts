import { AGAIN_SECONDS, type ServiceProgram, STOP_SECONDS } from "./program.ts";

type Value = string | number | boolean | readonly string[] | { readonly [key: string]: Value };

/** The text of the launchd agent. Source: launchd.plist(5). */
export function launchdPlist(label: string, logFile: string, { command, environment }: ServiceProgram): string {
  const agent: Value = {
    Label: label,
    ProgramArguments: command,
    EnvironmentVariables: environment,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: AGAIN_SECONDS,
    ExitTimeOut: STOP_SECONDS,
    Umask: 0o077,
    StandardOutPath: logFile,
    StandardErrorPath: logFile,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by \`thalassa service install\`, which also updates it. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${element(agent)}
</plist>
`;
}

function element(value: Value, indent = ""): string {
  const inner = `${indent}  `;
  if (typeof value === "string") return `${indent}<string>${escaped(value)}</string>`;
  if (typeof value === "number") return `${indent}<integer>${value}</integer>`;
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  if (Array.isArray(value)) {
    return `${indent}<array>\n${value.map((item) => element(item, inner)).join("\n")}\n${indent}</array>`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}<key>${escaped(key)}</key>\n${element(item, inner)}`,
  );
  return `${indent}<dict>\n${entries.join("\n")}\n${indent}</dict>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
