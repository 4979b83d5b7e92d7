import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '#sandbox/manual-clock.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Kubectl, kubectlFor, kubectlVersion, type Run } from '../helpers/kubectl.ts'
import { readTranscript } from '../helpers/kubectl-transcript.ts'
import { comparable } from '../helpers/transcript.ts'
import { until, whileMoving } from './client.ts'

const folder = 'test/fixtures/sandbox'
/** What only kubectl sees to: it was recorded with 1.36.4, and the words of others differ. */
const ownWords =
  /^(apply -f (v1\.yaml --overwrite=false|none\.yaml)|apply|rollout history .*|set image -f .*|delete ds none|.* -v=8 .*)$/

const argumentsOf = (command: string) =>
  (command.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ''))

describe.skipIf(!kubectlVersion).each(['server-side-apply.txt', 'apply.txt'])(
  `the recorded commands of %s, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  (file) => {
    const entries = readTranscript(`${folder}/${file}`)
    let sandbox: Sandbox
    let kubectl: Kubectl
    const runs: Run[] = []

    beforeAll(async () => {
      const clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
      sandbox = await startSandbox({ nodes: 3, clock })
      kubectl = kubectlFor(sandbox)
      for (const name of readdirSync(`${folder}/apply`))
        kubectl.file(name, readFileSync(`${folder}/apply/${name}`, 'utf8'))
      for (const { command } of entries) {
        const running = kubectl.run(argumentsOf(command.replace(/ 2>&1.*/, '')), { cwd: kubectl.folder })
        runs.push(await (command.startsWith('delete') ? whileMoving(sandbox, clock, running) : running))
        await until(() => sandbox.control.openWatches() === 0)
        clock.advance(command.startsWith('get ') ? 2000 : 50)
      }
    }, 120_000)
    afterAll(async () => {
      kubectl.dispose()
      await sandbox.close()
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$command', ({ command, out, err, exit, at }) => {
      const run = runs[at]
      if (!command.includes(' 2>&1')) expect(run?.exit).toBe(exit)
      if (ownWords.test(command)) return
      expect(comparable(run?.out ?? '').trimEnd()).toBe(comparable(out).trimEnd())
      expect(comparable(run?.err ?? '')).toBe(comparable(err))
    })
  },
)
