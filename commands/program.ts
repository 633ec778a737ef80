import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { requirements } from '../contracts/requirements/index.ts';
import { fail, judgeCommand } from '../kit/command.ts';
import { exitCodes } from '../kit/finish.ts';
import { profiles } from '../kit/settings/profiles.ts';
import { environment, SettingsError, type Environment } from '../kit/settings/settings.ts';
import { print } from '../kit/print.ts';
import { inLine } from '../kit/printable.ts';
import { kitName, kitVersion } from '../kit/version.ts';
import { engines, type Engine } from './engines.ts';

/** How requirements are selected, by options that Playwright takes as well. */
interface Selecting {
  readonly grep?: string;
  readonly grepInvert?: string;
  readonly list?: boolean;
}

const levels = [...new Set(requirements.map(({ level }) => level))];
const operations = [...new Set(requirements.map(({ operation }) => operation))];

/**
 * Runs the command that the arguments name, and sets the exit code of the process.
 *
 * @param argv those behind the name of the program
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof SettingsError) print(`${error.problems.map(inLine).join('\n')}\n`, process.stderr);
    else if (!(error instanceof CommanderError)) return fail(error);
    // Help and the version were asked for; whatever else is wrong with the arguments is told already.
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : exitCodes.usage;
  }
}

function program(): Command {
  const kit = new Command(kitName)
    .description('Judges whether a JSON:API service keeps the contract of its three OAuth operations.')
    .version(kitVersion)
    .exitOverride();
  const command = (name: string, description: string, example: string) =>
    kit.command(name).description(description).addHelpText('after', `\nExample:\n  npx ${kitName} ${example}`).showHelpAfterError(`(see: ${kitName} ${name} --help)`);

  const judging = (name: string, description: string, example: string) =>
    command(name, description, example)
      .option('-g, --grep <pattern>', 'judge only requirements whose id, title or level matches: CT-2, @MUST', patternOf)
      .option('--grep-invert <pattern>', 'leave those out', patternOf)
      .option('--list', 'list the checks, and send nothing');

  judging('run', 'judge the target of OAUTH_BASE_URL', 'run --profile gate --grep CT-2')
    .addOption(new Option('-p, --profile <name>', 'what the run is for, in place of OAUTH_PROFILE').choices(profiles))
    .option('--targets <file>', 'judge all targets of a YAML file one after another, into a folder each')
    .option('--target <name...>', 'only these of them')
    .action(async ({ profile, targets, target, ...selecting }: Selecting & { readonly profile?: string; readonly targets?: string; readonly target?: string[] }) => {
      if (targets === undefined && target) throw new SettingsError(['--target takes a target of --targets, which is not given']);
      // A list is of the checks, whatever the target.
      if (targets !== undefined && !selecting.list) {
        const { runTargets } = await import('./targets.ts');
        const args = [...argumentsOf(selecting), ...(profile === undefined ? [] : ['--profile', profile])];
        process.exitCode = await runTargets(targets, target ?? [], args);
        return;
      }
      await judgeCommand(environmentWith(profile), argumentsOf(selecting));
    });
  judging('demo', "judge the kit's own reference server", 'demo').action(async (selecting: Selecting) => {
    const { demo } = await import('./demo.ts');
    await demo(argumentsOf(selecting));
  });
  command('certify', 'judge everything, and make a certificate of it where nothing is missing', 'certify').action(() =>
    judgeCommand(environmentWith('certification'), []),
  );
  command('verify', 'verify a certificate, offline, and judge its record again', 'verify certificate.tgz --key programme.pub.pem --max-age 30d')
    .argument('<file>', 'the bundle')
    .requiredOption('--key <file>', 'the public key that the programme has published, in PEM')
    .option('--challenge <text>', 'what the programme gave to be signed in')
    .option('--max-age <age>', 'how old the run may be, in minutes, hours or days: 90m, 12h, 30d', ageOf)
    .action(async (file: string, options: { readonly key: string; readonly challenge?: string; readonly maxAge?: number }) => {
      const { verifyCertificate } = await import('./verify.ts');
      process.exitCode = await verifyCertificate(file, options);
    });
  command('replay', 'make all reports of the run that a bundle records, without its target', 'replay record.tgz')
    .argument('<file>', 'the bundle')
    .action(async (file: string) => {
      const { replay } = await import('./replay.ts');
      process.exitCode = await replay(file);
    });
  command('keygen', 'make the keys that certificates are signed and verified with', 'keygen programme')
    .argument('[name]', 'what the two files are called, in ~/.config/oauth-conformance-kit, or a path with a slash', 'certificate')
    .action(async (name: string) => {
      const { keygen } = await import('./keygen.ts');
      await keygen(name);
    });
  command('index', 'make an index page of what runs have left in some folders', 'index reports/eu reports/us')
    .argument('<folders...>', 'the folders of reports')
    .action(async (folders: string[]) => {
      const { overview } = await import('./overview.ts');
      await overview(folders);
    });
  command('matrix', 'print what judges many targets on many machines', 'matrix --targets targets.yaml --for github')
    .requiredOption('--targets <file>', 'the YAML file of targets')
    .addOption(new Option('--for <engine>', 'whose jobs they are').choices(engines).default('github'))
    .action(async ({ targets, for: engine }: { readonly targets: string; readonly for: Engine }) => {
      const { matrix } = await import('./matrix.ts');
      await matrix(targets, engine);
    });
  command('plan', 'tell what a run would send, and send it to nobody', 'plan --profile nightly')
    .addOption(new Option('-p, --profile <name>', 'what the run is for, in place of OAUTH_PROFILE').choices(profiles))
    .action(async ({ profile }: { readonly profile?: string }) => {
      const { plan } = await import('./plan.ts');
      await plan(profile);
    });
  command('diff', 'tell what changed between two runs', 'diff before/conformance.json after/conformance.json')
    .addArgument(new Argument('<before>', 'the conformance.json of a run'))
    .addArgument(new Argument('<after>', 'that of a later one'))
    .action(async (before: string, after: string) => {
      const { diffRuns } = await import('./diff.ts');
      process.exitCode = await diffRuns(before, after);
    });
  command('list', 'print the requirements', 'list --level MUST --operation createToken')
    .addOption(new Option('-l, --level <level>', 'only those of a level').choices(levels))
    .addOption(new Option('-o, --operation <name>', 'only those of an operation').choices(operations))
    .option('--json', 'as JSON, in place of a table')
    .action(async (options: { readonly level?: string; readonly operation?: string; readonly json?: boolean }) => {
      const { list } = await import('./list.ts');
      list(options);
    });
  command('reference', 'serve the reference server, for people to try', 'reference --port 8080')
    .addOption(new Option('--port <number>', 'the port to listen on, in place of a free one').env('PORT').default(0, 'a free one').argParser(portOf))
    .action(async ({ port }: { readonly port: number }) => {
      const { serveReference } = await import('./reference.ts');
      await serveReference(port);
    });
  command('init', 'write a commented .env and an example for CI into this folder', 'init').action(async () => {
    const { init } = await import('./init.ts');
    await init();
  });
  return kit;
}

/** The environment, with a profile that was asked for. Settings that were made for another one are no settings for it. */
function environmentWith(profile: string | undefined): Environment {
  const env = environment();
  if (profile === undefined) return env;
  if (env.OAUTH_PROFILE !== undefined && env.OAUTH_PROFILE !== profile) {
    throw new SettingsError([`OAUTH_PROFILE is ${env.OAUTH_PROFILE}, and ${profile} was asked for: it takes no value, or that`]);
  }
  return { ...env, OAUTH_PROFILE: profile };
}

/** The arguments of Playwright that select the same. */
function argumentsOf({ grep, grepInvert, list }: Selecting): readonly string[] {
  return [
    ...(grep === undefined ? [] : ['--grep', grep]),
    ...(grepInvert === undefined ? [] : ['--grep-invert', grepInvert]),
    ...(list ? ['--list'] : []),
  ];
}

function patternOf(value: string): string {
  try {
    RegExp(value);
    return value;
  } catch {
    throw new InvalidArgumentError('It takes a regular expression, or a part of an id or a title.');
  }
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** An age in milliseconds. */
function ageOf(value: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(value) ?? [];
  if (unit === undefined) throw new InvalidArgumentError('It takes a number of minutes, hours or days, such as 90m, 12h or 30d.');
  return Number(count) * units[unit as keyof typeof units];
}

function portOf(value: string): number {
  // An empty variable counts as unset.
  const port = /^\d{0,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It takes a number from 0 to 65535.');
}
