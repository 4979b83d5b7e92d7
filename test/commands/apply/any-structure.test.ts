import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { changed, expectOwnEnd } from '../../helpers/any-structure.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { longest, runs } from '../../helpers/random-cases.ts'
import { workspace } from '../../helpers/workspace.ts'

const commands = [
  ['apply', '-f', '-'],
  ['apply', '-f', '-', '--dry-run=client', '-o', 'yaml'],
  ['diff', '-f', '-'],
  ['diff', '-f', '-', '--snapshot', 'test/fixtures/commands/scenes/healthy.yaml'],
  ['set', 'image', '-f', '-', '*=x', '--local', '-o', 'yaml'],
]

describe('manifests of any structure', () => {
  let sandbox: Sandbox
  const folder = workspace()
  beforeAll(async () => {
    sandbox = await startSandbox({ objects: simulatedNodes(2) })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
  })
  afterAll(() => sandbox.close())

  it.each(commands.map((argv) => [argv.join(' '), argv] as const))(
    '%s ends by an exit code of its own',
    async (_, argv) => {
      const check = fc.asyncProperty(changed(load(exampleDaemonSet)), async (manifest) => {
        const stdin = JSON.stringify(manifest) ?? ''
        const run = await liveKds(argv, { kubeconfig: join(folder, 'config'), stdin })
        // A difference is no failure.
        const isDifferent = argv[0] === 'diff' && run.exit === 1
        expectOwnEnd(isDifferent ? { ...run, exit: 0 } : run, [0, 1, 2])
      })
      await fc.assert(check, runs(60))
    },
    longest,
  )
})
