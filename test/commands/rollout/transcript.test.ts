import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import {
  exampleDaemonSet,
  type Kubectl,
  kubectlFor,
  kubectlVersion,
  type Run,
} from '../../helpers/kubectl.ts'
import { argumentsOf, kubectlTranscript, type RecordedCommand } from '../../helpers/kubectl-transcript.ts'
import { liveKds } from '../../helpers/live-world.ts'

/** What differs from run to run: random names, uids, versions, times, and how far a roll-out has got at a moment. */
function comparable(text: string): string {
  const lines = text
    .replace(/^( *"?(uid|resourceVersion|creationTimestamp)"?: ).*$/gm, '$1…')
    .replace(/finish: .*$/gm, 'finish: …')
    .split('\n')
  return lines.filter((line, at) => !(line.startsWith('Waiting for') && line === lines[at - 1])).join('\n')
}

/** Where kds is meant to say something else, and how what kubectl said becomes that. Each is named in the help. */
interface Accepted {
  readonly why: string
  /** The commands, by their place in the recording, from 0. */
  readonly at: (entry: RecordedCommand, index: number) => boolean
  readonly adapt: (run: Run) => Run
}

const undone = kubectlTranscript.findIndex(
  ({ command }) => command === 'rollout undo ds/example-daemonset --to-revision=1',
)
const accepted: readonly Accepted[] = [
  {
    why: 'the help is that of kds',
    at: ({ err }) => err.includes("See 'kubectl"),
    adapt: (run) => ({ ...run, err: run.err.replace("See 'kubectl", "See 'kds") }),
  },
  {
    why: 'an undo tells the new revision number on stderr',
    at: ({ command, out }) => command.startsWith('rollout undo') && out.endsWith('rolled back\n'),
    adapt: (run) => ({ ...run, err: `${run.err}rolled back to revision OLD (now revision NEW)\n` }),
  },
  {
    why: 'a roll-out that was followed is summed up on stderr',
    at: ({ command, out }) =>
      command === 'rollout status ds/example-daemonset' && out.includes('new pods have been updated'),
    adapt: (run) => ({ ...run, err: `${run.err}N nodes in TIME\n` }),
  },
  {
    why: 'an undo records its change cause',
    at: ({ out }, index) => out.includes('REVISION') && index > undone,
    adapt: (run) => {
      const causes: Record<string, string> = {
        '3': 'rollback to revision 1',
        '4': 'rollback to revision 2',
        // The cause of the undo is not passed on.
        '5': '<none>',
      }
      return {
        ...run,
        out: run.out.replace(/^(\d+)( +).*$/gm, (line, number: string, gap: string) =>
          causes[number] === undefined ? line : `${number}${gap}${causes[number]}`,
        ),
      }
    },
  },
  {
    why: '-o json of a history is one document of its own',
    at: ({ command }) => command.endsWith('history ds/example-daemonset -o json'),
    adapt: (run) => ({ ...run, out: 'kds/v1 RolloutHistory of 1, 2\n' }),
  },
  {
    why: 'a dry run of an undo prints what would be rolled back to',
    at: ({ command }) => command.includes('--dry-run=client -o yaml'),
    adapt: (run) => ({ ...run, out: run.out.replace('image: nginx:alpine', 'image: nginx:latest') }),
  },
  {
    why: '--revision of a status is honoured',
    at: ({ command }) => command.startsWith('rollout status') && command.includes('--revision=1'),
    adapt: () => ({
      out: '',
      err: 'error: unable to find the specified revision\nhint: …\n',
      exit: 1,
    }),
  },
  {
    why: 'a hint where kubectl leaves one to guess',
    at: ({ command, err }) =>
      / (pausing|resuming) is not supported|context was not found|only available for RollingUpdate/.test(
        err,
      ) ||
      err === 'error: required resource not specified\n' ||
      err.includes('namespaces "nope" not found') ||
      /--revision=9$|--to-revision=9$/.test(command),
    adapt: (run) => ({ ...run, err: `${run.err}hint: …\n` }),
  },
  {
    why: 'discovery is not needed, so it does not log its failures',
    at: ({ err }) => err.includes('memcache.go'),
    adapt: (run) => ({ ...run, err: run.err.replace(/^E\d+.*\n/gm, '') }),
  },
]

/** What kds said, as far as it is alike from run to run. */
function shown(run: Run, { command }: RecordedCommand): Run {
  const err = run.err
    .replace(
      /^rolled back to revision \d+ \(now revision \d+\)$/gm,
      'rolled back to revision OLD (now revision NEW)',
    )
    .replace(/^hint: .*$/gm, 'hint: …')
    .replace(/^\d+ nodes in \S+, never fewer than \d+ available, no restarts$/gm, 'N nodes in TIME')
  if (!command.endsWith('history ds/example-daemonset -o json')) return { ...run, err }
  const { apiVersion, kind, items } = JSON.parse(run.out) as {
    apiVersion: string
    kind: string
    items: { revision: number }[]
  }
  return { ...run, err, out: `${apiVersion} ${kind} of ${items.map((one) => one.revision).join(', ')}\n` }
}

const rollouts = kubectlTranscript.filter(({ command }) => command.startsWith('rollout'))
const differing = rollouts.filter((entry) =>
  accepted.some(({ at }) => at(entry, kubectlTranscript.indexOf(entry))),
)
const title = `${rollouts.length} recorded kubectl rollout commands, ${rollouts.length - differing.length} to the letter, ${differing.length} with an accepted difference`

describe.skipIf(!kubectlVersion)(kubectlVersion ? title : 'no kubectl to set the scenes: skipped', () => {
  let sandbox: Sandbox
  let kubectl: Kubectl
  const runs: Run[] = []

  beforeAll(async () => {
    sandbox = await startSandbox({ objects: simulatedNodes(8) })
    kubectl = kubectlFor(sandbox)
    const file = kubectl.file('ds.yaml', exampleDaemonSet)
    const kubeconfig = join(kubectl.folder, 'config')
    await kubectl.run(['apply', '-f', file])
    await kubectl.run(['rollout', 'status', 'ds/example-daemonset'])
    const generations = [
      'get',
      'ds',
      '-o',
      'jsonpath={.items[*].metadata.generation} {.items[*].status.observedGeneration}',
    ]
    /** The controller's answer to the command before: kds may be there first. */
    const observed = async () => {
      for (;;) {
        const [own, seen] = (await kubectl.run(generations)).out.split(' ')
        if (own === seen) return
      }
    }
    for (const { command } of kubectlTranscript) {
      if (command.startsWith('rollout')) await observed()
      const argv = argumentsOf(command.replace('/tmp/ds.yaml', file))
      runs.push(command.startsWith('rollout') ? await liveKds(argv, { kubeconfig }) : await kubectl.run(argv))
      // Here kubectl waited for the roll-out; kds says that the revision is another, and does not.
      if (argv.includes('--revision=1')) await kubectl.run(['rollout', 'status', 'ds/example-daemonset'])
    }
  }, 120_000)
  afterAll(async () => {
    await sandbox.close()
  })

  it.each(
    rollouts.map((entry) => {
      const at = kubectlTranscript.indexOf(entry)
      const reasons = accepted.filter((one) => one.at(entry, at))
      const note = reasons.length > 0 ? ` (accepted: ${reasons.map(({ why }) => why).join('; ')})` : ''
      return [`${entry.command}${note}`, { entry, at, reasons }] as const
    }),
  )('%s', (_, { entry, at, reasons }) => {
    const expected = reasons.reduce((run, { adapt }) => adapt(run), entry as Run)
    const run = shown(runs[at] ?? { out: '', err: '', exit: -1 }, entry)
    expect({ out: comparable(run.out), err: run.err, exit: run.exit }).toEqual({
      out: comparable(expected.out),
      err: expected.err,
      exit: expected.exit,
    })
  })
})
