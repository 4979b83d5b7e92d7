import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kds } from '../helpers/run.ts'
import { sceneFile } from '../helpers/scenes/serve.ts'
import { sceneTime } from '../helpers/scenes/stage.ts'
import { scenes } from '../helpers/scenes/table.ts'

/** A dump with a ConfigMap that holds a text; of a large dump only what a model looks at is kept. */
const withText = (dump: string, text: string) =>
  dump.replace(
    'items:\n',
    `items:\n- apiVersion: v1\n  data:\n    text: ${text}\n  kind: ConfigMap\n  metadata:\n    name: a\n    namespace: a\n`,
  )

describe('a large dump', () => {
  it.each(scenes)('is answered as a small one of the same cluster: $name', async ({ name }) => {
    const dump = readFileSync(sceneFile(name), 'utf8')
    for (const line of [
      'get -A -o json',
      'plan agent -n logging -o json',
      'what-if --drain general-2',
      'diff -f test/fixtures/commands/diff/agent.yaml -o json',
      'overhead -o json',
    ]) {
      const answers = ['x', 'x'.repeat(1_000_000)].map((text) =>
        kds([...line.split(' '), '--snapshot', '-'], { stdin: withText(dump, text), now: sceneTime }),
      )
      const [small, large] = await Promise.all(answers)
      expect(large).toEqual(small)
    }
  })
})
