import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '#sandbox/manual-clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Kubectl, kubectlFor, kubectlVersion, type Run } from '../helpers/kubectl.ts'
import { comparable, readTranscript, typed } from '../helpers/transcript.ts'
import { until, whileMoving } from './client.ts'

const entries = readTranscript('test/fixtures/sandbox/preflight.txt')
const manifests = 'test/fixtures/apiserver/preflight'

const alike = (text: string) =>
  comparable(`${text}\n`)
    .replace(/agent-[a-z0-9]{5}\b/g, 'agent-RANDOM')
    .trimEnd()

describe.skipIf(!kubectlVersion)(
  `the ${entries.length} recorded commands about admission, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  () => {
    let sandbox: Sandbox
    let kubectl: Kubectl
    const runs: Run[] = []

    beforeAll(async () => {
      const clock = manualClock(Date.parse('2026-11-21T14:58:30Z'))
      sandbox = await startSandbox({ nodes: 3, clock })
      kubectl = kubectlFor(sandbox)
      for (const name of readdirSync(manifests))
        kubectl.file(name, readFileSync(`${manifests}/${name}`, 'utf8'))
      for (const { line } of entries) {
        // The recording stood still for a while here: the controller has tried ten times.
        if (line === 'kubectl get ds -A') clock.advance(2900)
        const { words, input } = typed(line)
        const running = kubectl.run(words, { input, cwd: kubectl.folder })
        runs.push(await (words[0] === 'delete' ? whileMoving(sandbox, clock, running) : running))
        await until(() => sandbox.control.openWatches() === 0)
        clock.advance(50)
      }
    }, 120_000)
    afterAll(async () => {
      kubectl.dispose()
      await sandbox.close()
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$line', ({ out, err, exit, at }) => {
      const run = runs[at]
      expect(alike(run?.err ?? '')).toBe(alike(err))
      expect(alike(run?.out ?? '')).toBe(alike(out))
      expect(run?.exit).toBe(exit)
    })
  },
)
