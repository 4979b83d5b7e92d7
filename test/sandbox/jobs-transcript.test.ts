import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '#sandbox/manual-clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { exampleDaemonSet, type Kubectl, kubectlFor, kubectlVersion, type Run } from '../helpers/kubectl.ts'
import { readTranscript, typed } from '../helpers/transcript.ts'
import { until, whileMoving } from './client.ts'

const entries = readTranscript('test/fixtures/sandbox/jobs.txt')

/** When a command was given, in seconds after the first, by how the commands follow on each other in the recording. */
const moments: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^kubectl get jobs,pods/, [2]],
  [/^kubectl get jobs$/, [0, 7, 11, 35, 133, 134]],
  [/^kubectl get jobs broken/, [59]],
  [/^kubectl get pods -l job-name=idx/, [66]],
  [/^kubectl get job idx$/, [72]],
  [/^kubectl get cronjob$/, [72, 133, 133]],
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
    when: /^kubectl delete/,
    why: 'the namespace is named since 1.34',
    alike: (text) => text.replace(/ from default namespace/g, ''),
  },
  {
    when: /^kubectl describe cronjob/,
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
    let sandbox: Sandbox
    let kubectl: Kubectl
    const runs: Run[] = []

    beforeAll(async () => {
      const start = Date.parse('2026-11-21T14:59:24Z')
      const clock = manualClock(start)
      const finishes = [
        { image: /job-ok/, seconds: 4, exitCode: 0 },
        { image: /job-fail/, seconds: 4, exitCode: 1 },
      ]
      sandbox = await startSandbox({ nodes: 3, clock, behaviour: { finishes } })
      kubectl = kubectlFor(sandbox)
      const seen = new Map<RegExp, number>()
      const file = kubectl.file('agent.yaml', exampleDaemonSet.replaceAll('example-daemonset', 'agent'))
      for (const { line } of entries) {
        const [pattern, times] = moments.find(([one]) => one.test(line)) ?? []
        if (pattern && times) {
          const nth = seen.get(pattern) ?? 0
          seen.set(pattern, nth + 1)
          const due = start + (times[nth] ?? 0) * 1000
          if (due > clock.now()) clock.advance(due - clock.now())
        }
        if (line.startsWith('kubectl get job idx')) await kubectl.run(['apply', '-f', file])
        const { words, input } = typed(line)
        const running = kubectl.run(words, { input })
        runs.push(await (words[0] === 'delete' ? whileMoving(sandbox, clock, running) : running))
        await until(() => sandbox.control.openWatches() === 0)
        clock.advance(10)
      }
    }, 60_000)
    afterAll(async () => {
      kubectl.dispose()
      await sandbox.close()
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$line', ({ line, out, err, exit, at }) => {
      const older = olderWords.filter(({ when }) => when.test(line))
      const alike = (text: string) => older.reduce((words, { alike: same }) => same(words), comparable(text))
      const sorted = (text: string) =>
        line.startsWith('kubectl get pods') ? alike(text).split('\n').sort() : alike(text)
      const run = runs[at]
      expect(sorted(run?.err ?? '')).toEqual(sorted(err))
      expect(sorted(run?.out ?? '')).toEqual(sorted(out))
      expect(run?.exit).toBe(exit)
    })
  },
)
