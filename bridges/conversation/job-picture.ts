import { z } from "zod";
import type { Client } from "#runtime/mod.ts";
import { ENVIRONMENTS_VIEW, environmentViewSchema, previewSchema } from "#subjects/executor.ts";
import { approvalSchema, assignmentSchema, JOB_STATES, jobSchema, jobViewSchema } from "#subjects/job.ts";
import { jobKey } from "#subjects/job-list.ts";
import { type Address, DEFAULT_AGENT, parseAddress } from "#subjects/mod.ts";
import { whoSchema } from "#subjects/who.ts";
import { readJobPast } from "./job-past.ts";

/** Bucket of what people may look up. */
const VIEWS = "VIEWS";

/** A job as somebody who asks for it sees it: all that its log and the views say. Units: `at` ms since 1970. */
export const jobPictureSchema = z.object({
  id: z.string(),
  address: z.string(),
  state: z.enum(JOB_STATES),
  type: z.enum(assignmentSchema.options.map((each) => each.shape.type.value)),
  text: z.string(),
  ...jobSchema.pick({ who: true, role: true, env: true }).shape,
  for: z.string().optional(),
  after: z.string().optional(),
  /** What it last said of itself. */
  status: z.string().optional(),
  /** What an owner has to allow. */
  approvals: z.array(approvalSchema),
  host: z.string().optional(),
  engine: z.string().optional(),
  previews: z.array(previewSchema).optional(),
  /** What came of it, or why it came to nothing. */
  result: z.string().optional(),
  /** How it came to stand as it does; who and why where a person did it. */
  transitions: z.array(
    z.object({
      seq: z.number().int(),
      at: z.number().int(),
      event: z.string(),
      state: z.enum(JOB_STATES),
      who: whoSchema.optional(),
      why: z.string().optional(),
    }),
  ),
});

/** A job as somebody who asks for it sees it. */
export type JobPicture = z.output<typeof jobPictureSchema>;

/** Reads a job; undefined where there is none of that address. */
export async function jobPicture(client: Client, address: Address): Promise<JobPicture | undefined> {
  const past = readJobPast(await client.history(address));
  if (past === undefined) return undefined;
  const { job, transitions, approvals, ...standing } = past;
  const { assignment, ...kept } = job;
  const [entry, environment] = await Promise.all([
    client.entry(VIEWS, jobKey(address)),
    client.entry(VIEWS, `${ENVIRONMENTS_VIEW}.${DEFAULT_AGENT}.${job.env}`),
  ]);
  const status = jobViewSchema.safeParse(entry).data?.status;
  const previews = environmentViewSchema.safeParse(environment).data?.previews;
  return jobPictureSchema.parse({
    ...{ id: parseAddress(address).id, address, ...standing, ...assignment, ...kept },
    ...(status === undefined ? {} : { status }),
    ...(previews === undefined ? {} : { previews }),
    ...{ approvals, transitions },
  });
}
