import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { kdsOnDump, sceneFile } from '../../helpers/scenes/serve.ts'
import { environmentValue } from '../../helpers/scenes/table.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const run = (...argv: string[]) => kdsOnDump('mid-roll-out', ['revisions', ...argv])
const here = ['-n', 'logging']

let folder: string
beforeAll(() => {
  folder = temporaryFolder()
})

/** The dump of a scene with something done to its text. */
function changed(scene: string, how: (text: string) => string): string {
  const file = join(folder, `${scene}.yaml`)
  writeFileSync(file, how(readFileSync(sceneFile(scene), 'utf8')))
  return file
}

describe('kds revisions', () => {
  it('describes a revision that is named, with its template and the way back', async () => {
    const { out, exit } = await run('agent-6954b75dfc', ...here)
    expect(exit).toBe(0)
    expect(out).toContain('State:         old: an earlier template of ds/agent\n')
    expect(out).toContain('Pods:          2, 2 of them ready\n')
    expect(out).toContain(environmentValue)
    expect(out.trimEnd().split('\n').at(-1)).toBe('  kds rollout undo ds/agent -n logging --to-revision=2')
  })

  it.each(['agent', 'ds/agent', 'daemonset agent', 'controllerrevisions.apps/agent-7d59784fd5'])(
    'takes %s',
    async (words) => {
      const { out, exit } = await run(...words.split(' '), ...here)
      expect([exit, out.includes('agent-7d59784fd5')]).toEqual([0, true])
    },
  )

  it('shows what changed between two revisions', async () => {
    const { out } = await run('agent', ...here, '--diff', '1..3')
    expect(out).toContain(
      '~ spec.template.spec.containers[name=agent].image: registry.example/agent:1.4.0 -> registry.example/agent:1.5.0',
    )
    expect((await run('agent', ...here, '--diff')).out).toContain('revision 2 -> revision 3')
  })

  it.each([
    [
      ['agemt', ...here],
      'error: no DaemonSet or ControllerRevision "agemt" in the namespace logging\nhint: did you mean agent?\n',
    ],
    [
      ['nothing-like-it'],
      'error: no DaemonSet or ControllerRevision "nothing-like-it"\nhint: the DaemonSets there: agent\n',
    ],
    [
      ['nothing-like-it', '-n', 'default'],
      'error: no DaemonSet or ControllerRevision "nothing-like-it" in the namespace default\nhint: look in every namespace with -A\n',
    ],
    [
      ['agent-7d59784fd5', ...here, '--diff'],
      "error: --diff takes the name of a DaemonSet, not of a revision\nSee 'kds revisions --help' for usage.\n",
    ],
    [
      ['-n', 'shop'],
      'No resources found in shop namespace.\nhint: DaemonSets are in logging: add -n logging\n',
    ],
    [
      ['agent', ...here, '--diff=1..9'],
      'error: unable to find the specified revision\nhint: there are: 1, 2, 3\n',
    ],
  ])('%j is answered with a way out', async (argv, expected) => {
    expect((await run(...argv)).err).toBe(expected)
  })

  it('tells how to clear away what nobody will', async () => {
    const gone = changed('healthy', (text) =>
      text.replace(/^ {4}name: agent\n( {4}namespace: logging\n {4}uid: )\S+/m, '    name: agent\n$1other'),
    )
    const { out, err } = await kds(['revisions', ...here, '--snapshot', gone])
    expect(out).toMatch(/agent-76f4dcbb6 .* stale\n/)
    expect(err).toBe(
      'hint: 2 revisions are leftover; to delete them:\n  kubectl delete controllerrevision agent-76f4dcbb6 -n logging\n  kubectl delete controllerrevision agent-6954b75dfc -n logging\n',
    )
  })

  it('prints a document that its schema describes, in both notations', async () => {
    const validate = new Ajv2020().compile(JSON.parse(readFileSync('docs/revisions.schema.json', 'utf8')))
    const document = JSON.parse((await run('-A', '-o', 'json')).out)
    expect([validate(document), validate.errors]).toEqual([true, null])
    expect(load((await run('-A', '-o', 'yaml')).out)).toEqual(document)
    expect(document.items.map((one: { state: string }) => one.state)).toEqual(['old', 'old', 'current'])
    expect(JSON.stringify(document)).not.toContain(environmentValue)
  })

  it('prints names for xargs', async () => {
    expect((await run('agent', ...here, '-o', 'name')).out.split('\n')[0]).toBe(
      'controllerrevision.apps/agent-76f4dcbb6',
    )
  })
})
