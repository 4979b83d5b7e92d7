import { globalFlags } from '#cli/flags.ts'
import type { ArgumentSpec, CommandSpec, GroupSpec } from '#cli/spec.ts'
import { sandboxFlags } from './flags.ts'

export const sandboxGroup: GroupSpec = {
  path: ['sandbox'],
  summary: 'Run a simulated cluster on this machine, good enough for kubectl',
  description: `A sandbox is a Kubernetes API on 127.0.0.1 with simulated nodes behind it: the DaemonSet controller's rules, a
scheduler, and a kubelet per node. kubectl, kds and other clients work against it. Nothing is really run.`,
}

const behaviour = `Images with "bad" in their name cannot be pulled, unless --fail says otherwise. Annotations on nodes, or on pods through
their template, say how pods behave while the sandbox runs: sandbox.kds.dev/pull-seconds, start-seconds, ready-seconds,
termination-seconds, crash-seconds, failure (image, crash, never-ready, none); on a node also kubelet (down, up).`

const portArgument: ArgumentSpec = {
  name: 'port',
  summary: 'Port of the sandbox that is meant, where several run',
}

const exitCodes = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'failed, or wrong usage' },
]

export const startSpec: CommandSpec = {
  path: ['sandbox', 'start'],
  summary: 'Start a sandbox',
  usage: 'kds sandbox start [--nodes N] [--from FILE] [--detach] [flags]',
  description: `Start a simulated cluster and serve its API until Ctrl-C, or in the background with --detach. The kubeconfig is written
to a private folder, which is removed at the end. Several sandboxes can run side by side.

${behaviour}`,
  examples: [
    { comment: 'A cluster of 12 nodes, in the background', command: 'kds sandbox start --nodes 12 --detach' },
    { comment: 'The nodes and pods of a real cluster', command: 'kds sandbox start --from cluster.json' },
    { comment: 'An hour in a minute', command: 'kds sandbox start --nodes 40 --speed 60' },
  ],
  args: [],
  flags: [
    {
      name: 'detach',
      short: 'd',
      default: 'false',
      summary: 'Run in the background, and return when it serves',
    },
    ...sandboxFlags,
  ],
  exitCodes: [...exitCodes, { code: 130, meaning: 'ended by Ctrl-C' }],
  load: async () => (await import('./start.ts')).startCommand,
}

export const runSpec: CommandSpec = {
  path: ['sandbox', 'run'],
  summary: 'Run a command with a sandbox of its own',
  usage: 'kds sandbox run [flags] -- COMMAND [ARGUMENTS]',
  description: `Start a simulated cluster, run the command with KUBECONFIG set to it, and stop the cluster when the command ends. Signals
are passed on, and the exit code of kds is that of the command.

${behaviour}`,
  examples: [
    { comment: 'A shell to play in', command: 'kds sandbox run --nodes 12 -- bash' },
    {
      comment: 'A test with a cluster of its own',
      command: 'kds sandbox run --nodes 5 -- ./rollout-test.sh',
    },
  ],
  args: [{ name: 'command', repeatable: true, summary: 'The command and its arguments, after --' }],
  flags: sandboxFlags,
  exitCodes: [
    { code: 1, meaning: 'the sandbox could not be started, or wrong usage' },
    { code: 126, meaning: 'the command may not be run' },
    { code: 127, meaning: 'there is no such command' },
    { code: 0, meaning: "and every other: the command's own" },
  ],
  load: async () => (await import('./run.ts')).runCommand,
}

export const stopSpec: CommandSpec = {
  path: ['sandbox', 'stop'],
  summary: 'Stop a sandbox',
  usage: 'kds sandbox stop [PORT... | --all]',
  description: 'Stop a sandbox that was started with "kds sandbox start". Its kubeconfig is removed.',
  examples: [
    { comment: 'The only one', command: 'kds sandbox stop' },
    { comment: 'All of them', command: 'kds sandbox stop --all' },
  ],
  args: [{ ...portArgument, repeatable: true }],
  flags: [{ name: 'all', default: 'false', summary: 'Stop every sandbox of yours' }, ...globalFlags],
  exitCodes,
  load: async () => (await import('./running.ts')).stopCommand,
}

export const sandboxStatusSpec: CommandSpec = {
  path: ['sandbox', 'status'],
  summary: 'List the sandboxes that run',
  usage: 'kds sandbox status [flags]',
  description: 'List your sandboxes that run on this machine, with their ports and kubeconfig files.',
  examples: [{ comment: 'Which sandboxes are there?', command: 'kds sandbox status' }],
  args: [],
  flags: [
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: ['json', 'yaml'],
      summary: 'Print a versioned document instead of a table',
    },
    ...globalFlags,
  ],
  exitCodes,
  load: async () => (await import('./running.ts')).statusCommand,
}

export const kubeconfigSpec: CommandSpec = {
  path: ['sandbox', 'kubeconfig'],
  summary: 'Print the kubeconfig of a sandbox',
  usage: 'kds sandbox kubeconfig [PORT] [--path]',
  description:
    'Print the kubeconfig of a sandbox that runs. It holds a token that is good for that sandbox alone.',
  examples: [
    { comment: 'Use a sandbox in this shell', command: 'export KUBECONFIG=$(kds sandbox kubeconfig --path)' },
    { comment: 'Hand it to another program', command: 'kds sandbox kubeconfig > sandbox.kubeconfig' },
  ],
  args: [portArgument],
  flags: [
    { name: 'path', default: 'false', summary: 'Print where the file is, instead of what is in it' },
    ...globalFlags,
  ],
  exitCodes,
  load: async () => (await import('./running.ts')).kubeconfigCommand,
}
