import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kubectlVersion } from '../helpers/kubectl.ts'
import { kubectlSession } from '../helpers/kubectl-session.ts'
import { comparable, readTranscript, typed } from '../helpers/kubectl-transcript.ts'

const entries = readTranscript('test/fixtures/sandbox/preflight.txt')
const manifests = 'test/fixtures/apiserver/preflight'

const alike = (text: string) =>
  comparable(text)
    .replace(/agent-[a-z0-9]{5}\b/g, 'agent-RANDOM')
    .trimEnd()

describe.skipIf(!kubectlVersion)(
  `the ${entries.length} recorded commands about admission, run with ${kubectlVersion ?? 'no kubectl: skipped'}`,
  () => {
    const runs = kubectlSession('2026-11-21T14:58:30Z', { nodes: 3 }, async function* (session) {
      const { kubectl, clock, settle } = session
      for (const name of readdirSync(manifests))
        kubectl.file(name, readFileSync(`${manifests}/${name}`, 'utf8'))
      for (const { command } of entries) {
        // The recording stood still for a while here: the controller has tried ten times.
        if (command === 'get ds -A') clock.advance(2900)
        const { words, input } = typed(command)
        yield settle(kubectl.run(words, { input, cwd: kubectl.folder }), words[0] === 'delete', 50)
      }
    })

    it.each(entries.map((entry, at) => ({ ...entry, at })))('$command', ({ out, err, exit, at }) => {
      const run = runs[at]
      expect(alike(run?.err ?? '')).toBe(alike(err))
      expect(alike(run?.out ?? '')).toBe(alike(out))
      expect(run?.exit).toBe(exit)
    })
  },
)
