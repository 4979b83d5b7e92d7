import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type Json } from '#base/json.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { liveKds } from '../helpers/live-world.ts'
import { kds, words } from '../helpers/run.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { acted, forms, hostile, poisoned } from './hostile.ts'
import { liveCommands, offlineCommands } from './hostile-commands.ts'

let folder: string
let objects: KubeObject[]
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = temporaryFolder()
  const { nodes, namespaces, daemonSets, revisions, pods } = await readSnapshot({
    sources: ['examples/cluster.yaml', 'examples/snapshot.yaml'],
    cwd: process.cwd(),
    env: {},
    stdin: (async function* () {})(),
  })
  objects = [...namespaces, ...nodes, ...daemonSets, ...revisions, ...pods] as KubeObject[]
  for (const [name, names] of [
    ['texts.json', false],
    ['names.json', true],
  ] as const) {
    const items = objects.map((object) => poisoned(object as unknown as Json, names))
    writeFileSync(file(name), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    const daemonSet = items.find((item) => isObject(item) && item.kind === 'DaemonSet')
    writeFileSync(file(`ds-${name}`), JSON.stringify(daemonSet))
  }
  writeFileSync(
    file('broken.yaml'),
    `kind: DaemonSet\nmetadata: {name: "a${JSON.stringify(hostile).slice(1, -1)}"\n`,
  )
  writeFileSync(
    file('raw.yaml'),
    `kind: DaemonSet\nmetadata:\n  name: a\u009b\u202e\u007f\n  name: b\u061c\n`,
  )
})

describe.each(Object.entries(forms))('offline, on a %s', (_, form) => {
  it.each(offlineCommands)('%s', async (command) => {
    const { out, err } = await kds(words(command).slice(1), { ...form, cwd: folder })
    expect(out + err).not.toBe('')
    expect(acted(out)).toEqual([])
    expect(acted(err)).toEqual([])
    if (command.endsWith('-o json') && out !== '') expect(() => JSON.parse(out)).not.toThrow()
  })
})

describe.each([
  ['texts', false],
  ['names, too', true],
])('live, hostile %s', (_, names) => {
  let sandbox: Sandbox
  beforeAll(async () => {
    const items = objects.map((object) => poisoned(object as unknown as Json, names) as unknown as KubeObject)
    sandbox = await startSandbox({ objects: items })
    writeFileSync(file(`config-${names}`), sandbox.kubeconfig, { mode: 0o600 })
  })
  afterAll(() => sandbox?.close())

  describe.each(Object.entries(forms))('on a %s', (form, options) => {
    it.each(liveCommands(names))('%s', async (command) => {
      const argv = words(command.replace('DS', file(names ? 'ds-names.json' : 'ds-texts.json'))).slice(1)
      const { out, err } = await liveKds(argv, { kubeconfig: file(`config-${names}`), haste: 50, ...options })
      expect(acted(out), form).toEqual([])
      expect(acted(err), form).toEqual([])
    })
  })
})

it('the sweep can fail: a hostile text by itself is found', () => {
  expect(acted(`a ${hostile}`)).not.toEqual([])
  expect(acted(`\u001b[1mfine\u001b[22m`)).toEqual([])
  expect(acted('a\rb')).toEqual(['a\rb'])
  expect(readFileSync(file('texts.json'), 'utf8')).toContain('\\u001b[45m')
})
