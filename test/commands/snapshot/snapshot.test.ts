import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DaemonSet } from '#kube/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { kds } from '../../helpers/run.ts'
import { type ServedScene, sceneFile, serveScene } from '../../helpers/scenes/serve.ts'
import { sceneTime } from '../../helpers/scenes/stage.ts'
import { environmentValue, scenes } from '../../helpers/scenes/table.ts'
import { workspace } from '../../helpers/workspace.ts'

interface Dump {
  readonly items: readonly DaemonSet[]
}

/** The DaemonSet of a scene as a manifest, with another image where one is given. */
function manifestOf(scene: string, image?: string): string {
  const { items } = load(readFileSync(sceneFile(scene), 'utf8')) as Dump
  const found = items.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata?.name === 'agent')
  const { apiVersion = '', kind = '', metadata, spec } = JSON.parse(JSON.stringify(found))
  const { name, namespace, labels } = metadata
  const text = toYaml({ apiVersion, kind, metadata: { name, namespace, labels }, spec })
  return image === undefined ? text : text.replace(/(image: registry\.example\/agent):\S+/, `$1:${image}`)
}

describe.each(scenes.map(({ name }) => name))('a snapshot of %s', (scene) => {
  let served: ServedScene
  const folder = workspace()
  beforeAll(async () => {
    served = await serveScene(scene)
    writeFileSync(join(folder, 'same.yaml'), manifestOf(scene))
    writeFileSync(join(folder, 'newer.yaml'), manifestOf(scene, '9.9.9'))
    for (const [file, ...flags] of [
      ['plain.yaml'],
      ['redacted.yaml', '--redact'],
      ['plain.json', '-o', 'json'],
    ]) {
      const { exit, out } = await served.kds(['snapshot', ...flags])
      expect(exit).toBe(0)
      writeFileSync(join(folder, file ?? ''), out)
    }
  })
  afterAll(() => served.close())
  const text = (file: string) => readFileSync(join(folder, file), 'utf8')

  /** What a plan says, but for who was asked about the pods. */
  const planned = (out: string) => {
    const { admission, warnings: _, ...plan } = JSON.parse(out).items[0]
    return { ...plan, admission: { allowed: admission.allowed, pods: admission.pods } }
  }

  it('knows what there is none of', async () => {
    for (const snapshot of ['plain.yaml', 'plain.json', 'redacted.yaml']) {
      const argv = ['plan', '-f', join(folder, 'same.yaml'), '--snapshot', join(folder, snapshot)]
      const { out } = await kds(argv, { now: sceneTime })
      expect(out).toContain('logging/agent')
      expect(out).not.toContain('Not judged')
    }
  })

  it.each(['same.yaml', 'newer.yaml'])('gives the plan of %s that the cluster gives', async (file) => {
    const argv = ['plan', '-f', join(folder, file), '-o', 'json']
    const live = await served.kds(argv)
    for (const snapshot of ['plain.yaml', 'plain.json']) {
      const from = await kds([...argv, '--snapshot', join(folder, snapshot)], { now: sceneTime })
      expect([from.exit, planned(from.out)]).toEqual([live.exit, planned(live.out)])
    }
    const renamed = await kds([...argv, '--snapshot', join(folder, 'redacted.yaml')], { now: sceneTime })
    expect(planned(renamed.out).summary.changes).toEqual(planned(live.out).summary.changes)
    expect(planned(renamed.out).summary.outcomes).toEqual(planned(live.out).summary.outcomes)
  })

  it('holds no values of environments, no managed fields, no secrets, and is the same each time', async () => {
    expect(text('plain.yaml')).not.toContain(environmentValue)
    expect(text('plain.yaml')).not.toMatch(/managedFields|resourceVersion|kind: (Secret|ConfigMap)/)
    expect((await served.kds(['snapshot'])).out).toBe(text('plain.yaml'))
    expect(load(text('plain.yaml'))).toEqual(JSON.parse(text('plain.json')))
  })

  it('redacted names no node and no pod', () => {
    const { items } = load(text('plain.yaml')) as Dump
    const names = items
      .filter(({ kind }) => kind === 'Node' || kind === 'Pod')
      .map(({ metadata }) => metadata?.name)
    for (const name of names) expect(text('redacted.yaml')).not.toContain(`${name}\n`)
  })
})
