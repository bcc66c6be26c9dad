import { MAX_SLOTS, SLOT_DEFAULTS } from "#actors/cortex/slot-limits.ts";
import { JOB_DEFAULTS, MAX_BOUNDS, MAX_MINUTES } from "#actors/worker/rules.ts";
import { amount, onOff, type Setting, wholeNumber } from "./setting.ts";

const HANDED_ON = { scope: "shared", takesEffect: "when `up` is started anew", handedOn: true } as const;

const { minutes, approvalMinutes, requesterAborts, bounds } = JOB_DEFAULTS;

/** How many jobs run, how long, and what each may use. */
export const JOB_SETTINGS: Readonly<Record<string, Setting>> = {
  "jobs.at_once": {
    ...wholeNumber(1, MAX_SLOTS),
    about: "jobs of an agent that run at once; the others wait",
    default: SLOT_DEFAULTS.total,
    ...HANDED_ON,
  },
  "jobs.person_at_once": {
    ...wholeNumber(1, MAX_SLOTS),
    about: "jobs of one person that run at once",
    default: SLOT_DEFAULTS.person,
    ...HANDED_ON,
  },
  "jobs.person_queued": {
    ...wholeNumber(1, MAX_SLOTS),
    about: "jobs of one person that may wait; one more is refused",
    default: SLOT_DEFAULTS.queued,
    ...HANDED_ON,
  },
  "jobs.minutes": {
    ...wholeNumber(1, MAX_MINUTES),
    about: "minutes after which a job that runs is ended",
    default: minutes,
    ...HANDED_ON,
  },
  "jobs.approval_minutes": {
    ...wholeNumber(1, MAX_MINUTES),
    about: "minutes for which an approval is waited for; then it counts as refused",
    default: approvalMinutes,
    ...HANDED_ON,
  },
  "jobs.requester_aborts": {
    ...onOff(),
    about: "whether who began a job may abort it; owners always may",
    default: requesterAborts,
    ...HANDED_ON,
  },
  "environment.cpus": {
    ...amount(MAX_BOUNDS.cpus),
    about: "processors that a job's environment may use",
    default: bounds.cpus,
    ...HANDED_ON,
  },
  "environment.memory_mb": {
    ...wholeNumber(16, MAX_BOUNDS.memoryMb),
    about: "MiB of memory that it may use",
    default: bounds.memoryMb,
    ...HANDED_ON,
  },
  "environment.pids": {
    ...wholeNumber(16, MAX_BOUNDS.pids),
    about: "processes that it may have",
    default: bounds.pids,
    ...HANDED_ON,
  },
  "environment.disk_mb": {
    ...wholeNumber(16, MAX_BOUNDS.diskMb),
    about: "MiB that its workspace may hold",
    default: bounds.diskMb,
    ...HANDED_ON,
  },
};
