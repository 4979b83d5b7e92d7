import { describe, expect, it } from 'vitest'
import { exampleDaemonSet, kubectlVersion } from '../helpers/kubectl.ts'
import { kubectlSession } from '../helpers/kubectl-session.ts'
import { readTranscript, typed } from '../helpers/kubectl-transcript.ts'

const entries = readTranscript('test/fixtures/sandbox/jobs.txt')

/** When a command was given, in seconds after the first, by how the commands follow on each other in the recording. */
const moments: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^get jobs,pods/, [2]],
  [/^get jobs$/, [0, 7, 11, 35, 133, 134]],
  [/^get jobs broken/, [59]],
  [/^get pods -l job-name=idx/, [66]],
  [/^get job idx$/, [72]],
  [/^get cronjob$/, [72, 133, 133]],
]

/** What differs from run to run: random ends of names, ages, uids, versions, times, addresses. */
const comparable = (text: string) =>
  text
    .replace(/\b(pi|paral|broken|idx-\d|agent)-[a-z0-9]{5}\b/g, '$1-RANDOM')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/^( *resourceVersion: ).*$/gm, '$1…')
    .replace(/"?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"?/g, 'TIME')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, 'DATE')
    .replace(/\bhello-\d+/g, 'hello-MINUTE')
    .replace(/\(x\d+ over /g, '(xN over ')
    .replace(/\b(\d+(ms|[smh]))+(?=\)|$|\s)/gm, 'AGE')
    .replace(/ +(?=\S)/g, (spaces) => (spaces.length > 1 ? '  ' : ' '))
    .replace(/ +$/gm, '')
    .trimEnd()

/** The recording was made with kubectl 1.36.4. An older one prints these of its commands otherwise by itself, whatever the server. */
const olderWords: readonly {
  readonly when: RegExp
  readonly why: string
  readonly alike: (text: string) => string
}[] = [
  {
    when: /^delete/,
    why: 'the namespace is named since 1.34',
    alike: (text) => text.replace(/ from default namespace/g, ''),
  },
  {
    when: /^describe cronjob/,
    why: 'the time zone is shown since 1.33',
    alike: (text) => text.replace(/^Time Zone: .*\n/m, ''),
  },
  {
    when: /-o yaml/,
    why: 'an absent creationTimestamp was printed as null until 1.34',
    alike: (text) =>
      text.replace(/^ *creationTimestamp: (null|…|TIME)\n/gm, '').replace(/^( *metadata:)( \{\})?$/gm, '$1'),
  },
]

describe.skipIf(!kubectlVersion)(
  `the ${entries.length} recorded commands about Jobs, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  () => {
    const start = '2026-11-21T14:59:24Z'
    const finishes = [
      { image: /job-ok/, seconds: 4, exitCode: 0 },
      { image: /job-fail/, seconds: 4, exitCode: 1 },
    ]
    const runs = kubectlSession(start, { nodes: 3, behaviour: { finishes } }, async function* (session) {
      const { kubectl, clock, settle } = session
      const seen = new Map<RegExp, number>()
      const file = kubectl.file('agent.yaml', exampleDaemonSet.replaceAll('example-daemonset', 'agent'))
      for (const { command } of entries) {
        const [pattern, times] = moments.find(([one]) => one.test(command)) ?? []
        if (pattern && times) {
          const nth = seen.get(pattern) ?? 0
          seen.set(pattern, nth + 1)
          const due = Date.parse(start) + (times[nth] ?? 0) * 1000
          if (due > clock.now()) clock.advance(due - clock.now())
        }
        if (command.startsWith('get job idx')) await kubectl.run(['apply', '-f', file])
        const { words, input } = typed(command)
        yield settle(kubectl.run(words, { input }), words[0] === 'delete', 10)
      }
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$command', ({ command, out, err, exit, at }) => {
      const older = olderWords.filter(({ when }) => when.test(command))
      const alike = (text: string) => older.reduce((words, { alike: same }) => same(words), comparable(text))
      const sorted = (text: string) =>
        command.startsWith('get pods') ? alike(text).split('\n').sort() : alike(text)
      const run = runs[at]
      expect(sorted(run?.err ?? '')).toEqual(sorted(err))
      expect(sorted(run?.out ?? '')).toEqual(sorted(out))
      expect(run?.exit).toBe(exit)
    })
  },
)
