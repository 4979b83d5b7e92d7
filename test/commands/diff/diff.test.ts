import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { kdsOnDump, type ServedScene, sceneFile, serveScene } from '../../helpers/scenes/serve.ts'
import { workspace } from '../../helpers/workspace.ts'

const scene = 'healthy'
const there = (load(readFileSync(sceneFile(scene), 'utf8')) as { items: DaemonSet[] }).items.find(
  ({ kind, metadata }) => kind === 'DaemonSet' && metadata?.name === 'agent',
) as DaemonSet

/** As somebody wrote it down from the cluster. */
const manifest = (spec: JsonObject = {}, metadata: JsonObject = {}): string =>
  toYaml({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'logging', labels: { app: 'agent' }, ...metadata },
    spec: { ...(JSON.parse(JSON.stringify(there.spec)) as JsonObject), ...spec },
  })
const template = (podSpec: JsonObject): JsonObject => {
  const own = JSON.parse(JSON.stringify(there.spec?.template)) as { spec: JsonObject }
  return { ...own, spec: { ...own.spec, ...podSpec } } as JsonObject
}
const strategy = (rollingUpdate: JsonObject, type = 'RollingUpdate') => ({ type, rollingUpdate })

describe.each(['live', 'dump'])('kds diff, %s', (side) => {
  let served: ServedScene
  const folder = workspace()
  beforeAll(async () => {
    served = await serveScene(scene)
  })
  afterAll(() => served.close())

  let files = 0
  const diff = (text: string, ...flags: string[]) => {
    const file = join(folder, `${files++}.yaml`)
    writeFileSync(file, text)
    const argv = ['diff', '-f', file, ...flags]
    return side === 'live' ? served.kds(argv) : kdsOnDump(scene, argv)
  }

  it.each<[string, string, number, string]>([
    ['nothing', manifest(), 0, 'daemonset.apps/agent: nothing changes'],
    [
      'an image',
      manifest({
        template: template({ containers: [{ name: 'agent', image: 'registry.example/agent:2' }] }),
      }),
      1,
      'daemonset.apps/agent: new template, a roll-out of 6 pods in 6 waves, about 2m12s',
    ],
    [
      'nodes that match no more',
      manifest({ template: template({ nodeSelector: { pool: 'general' } }) }),
      1,
      'daemonset.apps/agent: new template, a roll-out of 4 pods in 4 waves, about 1m33s, 2 pods go and do not come back',
    ],
    [
      'no node at all',
      manifest({ template: template({ nodeSelector: { pool: 'none' } }) }),
      1,
      'daemonset.apps/agent: new template, there is no pod to replace, 6 pods go and do not come back, no node matches',
    ],
    [
      'the strategy',
      manifest({ updateStrategy: strategy({ maxUnavailable: 2, maxSurge: 0 }) }),
      1,
      'daemonset.apps/agent: only the update strategy changes, no pod is touched',
    ],
    [
      'a template with OnDelete',
      manifest({ updateStrategy: { type: 'OnDelete' }, template: template({ hostNetwork: true }) }),
      1,
      'daemonset.apps/agent: new template, strategy OnDelete: old pods stay until someone deletes them',
    ],
    [
      'the history',
      manifest({ revisionHistoryLimit: 3 }),
      1,
      'daemonset.apps/agent: the template stays, no pod is touched',
    ],
    [
      'a label',
      manifest({}, { labels: { app: 'agent', team: 'core' } }),
      1,
      'daemonset.apps/agent: only metadata changes, no pod is touched',
    ],
    [
      'a finalizer',
      manifest({}, { finalizers: ['example.com/keep'] }),
      1,
      'daemonset.apps/agent: only metadata changes, no pod is touched',
    ],
    [
      'a new one',
      manifest({ template: template({ nodeSelector: { pool: 'general' } }) }, { name: 'other' }),
      1,
      'daemonset.apps/other: a new DaemonSet, 4 pods on 6 nodes',
    ],
    [
      'pods that fit nowhere',
      manifest({
        template: template({
          containers: [{ name: 'agent', image: 'x', resources: { requests: { cpu: '900' } } }],
        }),
      }),
      1,
      'daemonset.apps/agent: new template, a roll-out of 6 pods in 1 wave, 6 pods will not fit, the roll-out gets stuck: ',
    ],
  ])('of %s tells what comes of it', async (_, text, code, line) => {
    const { exit, out, err } = await diff(text)
    expect(`${out}${err}`.split('\n')[0]?.slice(0, line.length)).toBe(line)
    expect(exit).toBe(code)
    if (code === 0) expect(out).toBe('')
  })

  it('shows what differs field by field and line by line, without what the server keeps', async () => {
    const { out } = await diff(
      manifest({ revisionHistoryLimit: 3 }, { labels: { app: 'agent', team: 'core' } }),
    )
    expect(out).toContain('\n+ metadata.labels.team: core\n~ spec.revisionHistoryLimit: 10 -> 3\n\n--- live ')
    expect(out).toContain('-  revisionHistoryLimit: 10\n+  revisionHistoryLimit: 3\n')
    expect(out).not.toMatch(/uid|resourceVersion|managedFields|last-applied|generation|status/)
  })

  it('keeps what others have set and was never applied', async () => {
    const { out } = await diff(
      manifest({
        template: template({ containers: [{ name: 'agent', image: 'registry.example/agent:2' }] }),
      }),
    )
    expect(out).not.toMatch(/^[-+~].*API_KEY/m)
    expect(out).toContain('\n~ spec.template.spec.containers[name=agent].image: ')
  })

  it('prints a document that its schema describes, in both notations', async () => {
    const validate = new Ajv2020().compile(JSON.parse(readFileSync('docs/diff.schema.json', 'utf8')))
    for (const text of [manifest(), manifest({ minReadySeconds: 3 }), manifest({}, { name: 'other' })]) {
      const document = JSON.parse((await diff(text, '-o', 'json')).out)
      expect([validate(document), validate.errors]).toEqual([true, null])
      expect(load((await diff(text, '-o', 'yaml')).out)).toEqual(document)
    }
  })
})

describe('kds diff', () => {
  let served: ServedScene
  beforeAll(async () => {
    served = await serveScene(scene)
  })
  afterAll(() => served.close())
  const folder = workspace({
    'same.yaml': manifest(),
    'bad.yaml': manifest({ selector: { matchLabels: { app: 'other' } } }),
    'surge.yaml': manifest({ updateStrategy: strategy({ maxUnavailable: 0, maxSurge: 1 }) }),
  })
  const at = (name: string) => join(folder, name)

  it.each([
    [['-f', 'nowhere.yaml'], 'error: the path "nowhere.yaml" does not exist'],
    [[], 'error: no DaemonSet given'],
    [['--nonsense'], 'error: unknown flag: --nonsense'],
    [['-f', at('same.yaml'), '--force-conflicts'], 'error: --force-conflicts only works with --server-side'],
    [['-f', at('bad.yaml')], 'The DaemonSet "agent" is invalid: '],
    [['-f', at('same.yaml'), '-n', 'other'], 'error: the namespace from the provided object "logging"'],
  ])('%j fails with more than 1, as kubectl diff does', async (argv, message) => {
    const { err, exit } = await served.kds(['diff', ...argv])
    expect(err.slice(0, message.length)).toBe(message)
    expect(exit).toBe(2)
  })

  it('asks for server-side apply, and tells its conflicts', async () => {
    const { err, exit } = await served.kds(['diff', '-f', at('surge.yaml'), '--server-side'])
    expect([exit, err]).toEqual([exit === 1 ? 1 : 2, expect.any(String)])
    const forced = await served.kds(['diff', '-f', at('surge.yaml'), '--server-side', '--force-conflicts'])
    expect(forced.exit).toBe(1)
    expect(forced.out).toContain('\n~ spec.updateStrategy.rollingUpdate.maxSurge: 0 -> 1\n')
  })

  it('lets the program of KUBECTL_EXTERNAL_DIFF show it', async () => {
    const run = (program: string) =>
      served.kds(['diff', '-f', at('surge.yaml')], {
        env: { KUBECTL_EXTERNAL_DIFF: program, PATH: process.env.PATH ?? '' },
      })
    const { out, exit } = await run('diff -u -N')
    expect(exit).toBe(1)
    expect(out).toMatch(/\n--- \S*LIVE-\w+\/apps\.v1\.DaemonSet\.logging\.agent\t/)
    const none = await run('no-such-program')
    expect([none.exit, none.err]).toEqual([
      2,
      'error: failed to run no-such-program: there is no such program\nhint: KUBECTL_EXTERNAL_DIFF names a program that compares two folders: correct it, or unset it\n',
    ])
  })
})
