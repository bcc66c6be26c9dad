import { Argument, type Command } from "commander";
import { JOB_VERBS } from "#subjects/job-verbs.ts";
import { json, run } from "./action.ts";
import { BUS_VARIABLES, lesson } from "./lesson.ts";

/** What is given to agents to do: `jobs`, `job`, `panic`. */
export function addJobs(program: Command): void {
  program
    .command("jobs")
    .description(plain(JOB_VERBS.list.about))
    .option("--state <states>", "only those that stand so, of any age: running,needs_approval")
    .option("--all", "ended ones of any age too")
    .option("--agent <agent>", "only one agent's")
    .option("--watch", "go on, and show what changes")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa jobs --state needs_approval"], variables: BUS_VARIABLES }))
    .action((options) => run(options, async () => (await import("#deploy/commands/jobs.ts")).jobs(options)));

  const job = program
    .command("job")
    .description("begin a job, and say something to one")
    .addHelpText(
      "after",
      lesson({
        examples: ['thalassa job start "Write a web server and show it." --wait', "thalassa job approve wV1St"],
        more: ["A job is named by its id, the beginning of it, or its address; thalassa jobs lists them."],
        variables: BUS_VARIABLES,
      }),
    );
  addStart(job);
  addReading(job);
  addSaying(job);
  addPanic(program);
}

function addStart(job: Command): void {
  job
    .command("start")
    .description(plain(JOB_VERBS.submit.about))
    .argument("<text>", "what is to be done; - reads it from standard input")
    .option("--run", "it is a line of shell, which an owner allows first, and nothing is thought about it")
    .option("--channel <name>", "the conversation that is told of its end")
    .option("--agent <agent>", "whose job (default: the channel's, else setting chat.agent)")
    .option("--wait", "show what happens until it ends; ends with 0 when it is completed, else with 1")
    .option("--id <id>", "the same id twice within 24 hours is one job")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({ examples: ['thalassa job start "make test" --run --wait'], settings: ["chat.agent"] }),
    )
    .action((text, options) =>
      run(options, async () => (await import("#deploy/commands/job-start.ts")).start(text, options)),
    );
}

function addReading(job: Command): void {
  of(job.command("show"))
    .description(plain(JOB_VERBS.show.about))
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa job show wV1St"] }))
    .action((id, options) => run(options, async () => (await code()).show(id, options)));

  of(job.command("logs"))
    .description("tell the story of a job: what was thought, which commands ran, and how their output begins")
    .option("--follow", "go on with what happens, until it ends")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa job logs wV1St --follow"] }))
    .action((id, options) => run(options, async () => (await code()).logs(id, options)));
}

function addSaying(job: Command): void {
  of(job.command("approve"))
    .argument("[approval]", "which of them, where several wait: a1")
    .description(plain(JOB_VERBS.approve.about))
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa job approve wV1St a2"] }))
    .action((id, approval, options) => run(options, async () => (await code()).approve(id, approval, options)));

  of(job.command("deny"))
    .argument("[approval]", "which of them, where several wait: a1")
    .description(plain(JOB_VERBS.deny.about))
    .option("--why <reason>", "told to whoever asked", "")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ['thalassa job deny wV1St --why "not on this host"'] }))
    .action((id, approval, options) => run(options, async () => (await code()).deny(id, approval, options)));

  of(job.command("abort"))
    .description(plain(JOB_VERBS.abort.about))
    .option("--why <reason>", "told to whoever waits for it", "")
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa job abort wV1St"] }))
    .action((id, options) => run(options, async () => (await code()).abort(id, options)));

  of(job.command("tell"))
    .argument("<text>", "what to say; - reads it from standard input")
    .description(plain(JOB_VERBS.tell.about))
    .addOption(json())
    .addHelpText("after", lesson({ examples: ['thalassa job tell wV1St "use port 8080"'] }))
    .action((id, text, options) => run(options, async () => (await code()).tellMore(id, text, options)));

  of(job.command("retry"))
    .description(plain(JOB_VERBS.retry.about))
    .addOption(json())
    .addHelpText("after", lesson({ examples: ["thalassa job retry wV1St"] }))
    .action((id, options) => run(options, async () => (await code()).retry(id, options)));
}

function addPanic(program: Command): void {
  program
    .command("panic")
    .description(plain(JOB_VERBS.panic.about))
    .addArgument(new Argument("[what]").choices(["on", "off", "status"]).default("status"))
    .option("--why <reason>", "told wherever a job is stopped", "")
    .option("--agent <agent>", "whose jobs (default: setting chat.agent)")
    .addOption(json())
    .addHelpText(
      "after",
      lesson({
        examples: ['thalassa panic on --why "it deletes too much"', "thalassa panic off"],
        settings: ["chat.agent"],
        variables: BUS_VARIABLES,
      }),
    )
    .action((what, options) =>
      run(options, async () => (await import("#deploy/commands/panic.ts")).panic(what, options)),
    );
}

function of(command: Command): Command {
  return command.argument("<id>", "its id, the beginning of it, or its address");
}

/** As other commands are described: without a capital and a full stop. */
function plain(about: string): string {
  return `${about.charAt(0).toLowerCase()}${about.slice(1, -1)}`;
}

function code(): Promise<typeof import("#deploy/commands/job.ts")> {
  return import("#deploy/commands/job.ts");
}
