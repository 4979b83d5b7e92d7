import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#kube/types.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet, kubectlVersion, type Run } from '../helpers/kubectl.ts'
import { kubectlSession } from '../helpers/kubectl-session.ts'
import { argumentsOf, kubectlTranscript } from '../helpers/kubectl-transcript.ts'

/** What differs from run to run: random ends of names, ages, uids, versions, times, and how far a roll-out has got. */
function comparable(text: string): string {
  const lines = text
    .replace(/example-daemonset-[a-z0-9]{5,10}\b/g, 'example-daemonset-RANDOM')
    .replace(/^( *"?(uid|resourceVersion|creationTimestamp)"?: ).*$/gm, '$1…')
    .replace(/\b(\d+(ms|[smh]))+(?=$|\s)/gm, 'AGE')
    .replace(/finish: .*$/gm, 'finish: …')
    .replace(/^(example-daemonset {3,})(\d+ +){5}/gm, '$1COUNTS ')
    .replace(/ +(?=\S)/g, (spaces) => (spaces.length > 1 ? '  ' : ' '))
    .split('\n')
  return lines.filter((line, at) => !(line.startsWith('Waiting for') && line === lines[at - 1])).join('\n')
}

const sorted = (text: string) => comparable(text).split('\n').sort().join('\n')

/**
 * The recording was made with kubectl 1.36.4. An older one prints these of its commands in other words by itself, whatever
 * the server; each is checked for the words of this machine's.
 */
const olderWords: readonly {
  readonly when: RegExp
  readonly why: string
  readonly alike: (text: string) => string
}[] = [
  {
    when: /^rollout undo/,
    why: 'the warning about kubectl apply is new',
    alike: (text) =>
      text.replace(/^Warning: resource daemonsets\/example-daemonset was previously managed.*\n/gm, ''),
  },
  {
    when: /^rollout undo .*--to-revision=2$/,
    why: 'it compares with the revision data of servers before 1.34, and so never finds that nothing changes',
    alike: (text) =>
      text.replace('skipped rollback (current template already matches revision 2)', 'rolled back'),
  },
  {
    when: /--to-revision=abc/,
    why: 'a capital letter',
    alike: (text) => text.replace(/^E/, 'e'),
  },
  {
    when: /^delete ds/,
    why: 'the namespace is named since 1.34',
    alike: (text) => text.replace(' from default namespace', ''),
  },
  {
    when: /--server https:/,
    why: 'how often discovery is tried, and the log line around it',
    alike: (text) => text.replace(/^E\d+.*\n/gm, ''),
  },
  {
    when: /-o (yaml|json)/,
    why: 'an absent creationTimestamp of a template was printed as null until 1.34',
    alike: (text) => text.replace(/^ *"?creationTimestamp"?: …,?\n/gm, ''),
  },
]

/**
 * kubectl has a clock of its own, by which it refuses two restarts within a second, and on a busy machine runs out of time
 * before it has asked anything. Neither changes the cluster, so the command is run again.
 */
const untimely = ({ out, err }: Run) =>
  /restart has already been triggered within the past second/.test(err) ||
  (out === '' && /timed out waiting for the condition/.test(err))

/** Commands that end when the cluster has come to where they want it. All others are answered at once. */
const waits = /^(rollout status(?!.*--timeout)|delete)/

const entries = kubectlTranscript

describe.skipIf(!kubectlVersion)(
  `the ${entries.length} recorded kubectl commands, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  () => {
    const nodes = simulatedNodes(12).map(
      (node, at): KubeObject =>
        at < 8
          ? node
          : ({ ...node, spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } } as KubeObject),
    )
    const runs = kubectlSession('2026-11-20T20:00:00Z', { objects: nodes }, async function* (session) {
      const { kubectl, settle } = session
      const file = kubectl.file('ds.yaml', exampleDaemonSet)
      const run = async (command: string): Promise<Run> => {
        const running = kubectl.run(argumentsOf(command.replace('/tmp/ds.yaml', file)))
        const result = await settle(running, waits.test(command), 100)
        return untimely(result) ? run(command) : result
      }
      await run('apply -f /tmp/ds.yaml')
      await run('rollout status ds/example-daemonset')
      for (const { command } of entries) yield run(command)
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$command', ({ command, out, err, exit, at }) => {
      const older = olderWords.filter(({ when }) => when.test(command))
      const alike = (text: string) =>
        older.reduce(
          (words, { alike: same }) => same(words),
          (command.startsWith('get ') ? sorted : comparable)(text),
        )
      const run = runs[at]
      expect(run?.exit).toBe(exit)
      expect(alike(run?.err ?? '')).toBe(alike(err))
      expect(alike(run?.out ?? '')).toBe(alike(out))
    })
  },
)
