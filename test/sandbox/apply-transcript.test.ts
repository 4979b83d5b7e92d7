import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kubectlVersion } from '../helpers/kubectl.ts'
import { kubectlSession } from '../helpers/kubectl-session.ts'
import { comparable, readTranscript, typed } from '../helpers/kubectl-transcript.ts'

const folder = 'test/fixtures/sandbox'
/** What only kubectl sees to: it was recorded with 1.36.4, and the words of others differ. */
const ownWords =
  /^(apply -f (v1\.yaml --overwrite=false|none\.yaml)|apply|rollout history .*|set image -f .*|delete ds none|.* -v=8 .*)$/

describe.skipIf(!kubectlVersion).each(['server-side-apply.txt', 'apply.txt'])(
  `the recorded commands of %s, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  (file) => {
    const entries = readTranscript(`${folder}/${file}`)
    const runs = kubectlSession('2026-11-20T20:00:00Z', { nodes: 3 }, async function* (session) {
      const { kubectl, settle } = session
      for (const name of readdirSync(`${folder}/apply`))
        kubectl.file(name, readFileSync(`${folder}/apply/${name}`, 'utf8'))
      for (const { command } of entries) {
        const running = kubectl.run(typed(command).words, { cwd: kubectl.folder })
        yield settle(running, command.startsWith('delete'), command.startsWith('get ') ? 2000 : 50)
      }
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
