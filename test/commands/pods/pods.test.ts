import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { liveKds } from '../../helpers/live-world.ts'
import { ask } from '../../helpers/sandbox-client.ts'
import { kdsOnDump, serveScene } from '../../helpers/scenes/serve.ts'
import { environmentValue, scenes } from '../../helpers/scenes/table.ts'

const pods = (scene: string, ...argv: string[]) => kdsOnDump(scene, ['pods', ...argv])

describe('the document of kds pods', () => {
  const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(
    JSON.parse(readFileSync('docs/pods.schema.json', 'utf8')),
  )

  it.each(scenes.map(({ name }) => name))('holds to docs/pods.schema.json: %s', async (name) => {
    const { out } = await pods(name, '-L', 'zone', '-o', 'json')
    const document = JSON.parse(out)
    validate(document)
    expect(validate.errors).toBeNull()
    expect(load((await pods(name, '-L', 'zone', '-o', 'yaml')).out)).toEqual(document)
    expect(out).not.toContain(environmentValue)
  })

  it('tells each node, the labels asked for, and the cause in words', async () => {
    const { items } = JSON.parse((await pods('crash-loop', '-L', 'zone,gpu', '-o', 'json')).out)
    expect(items[0].phases).toEqual({ ready: 5, failing: 1 })
    expect(items[0].nodes[0]).toEqual({
      node: 'general-1',
      exists: true,
      shouldRun: true,
      misscheduled: false,
      phase: 'failing',
      labels: { 'topology.kubernetes.io/zone': 'zone-a', gpu: null },
      pods: [
        {
          name: 'agent-n9pqf',
          revision: 3,
          updated: true,
          phase: 'failing',
          since: '2026-11-21T11:15:03.000Z',
          restarts: 13,
          createdAt: '2026-11-21T11:15:03.000Z',
          reason: 'CrashLoopBackOff',
          cause: 'container agent crashes, 13 restarts: exit code 1',
        },
      ],
    })
  })
})

describe('kds pods', () => {
  it('prints rows alone for scripts', async () => {
    const { out } = await pods('healthy', 'agent', '--no-headers')
    expect(out.trimEnd().split('\n')).toHaveLength(6)
    expect(out).toMatch(/^general-1 {3}agent-l76jk {3}2 {10}ready for 3 d/)
  })

  it('prints names for xargs', async () => {
    expect((await pods('full-node', '-o', 'name')).out.split('\n')[1]).toBe('pod/agent-94wnq')
  })

  it('shows several DaemonSets in one table', async () => {
    const { out } = await pods('healthy')
    expect(out).toContain('NAMESPACE    DAEMONSET       NODE')
    expect(out).toMatch(/^monitoring {3}node-exporter {3}general-4/m)
  })

  it('puts the worst first where that is asked for', async () => {
    const { out } = await pods('stuck-dead-node', '--problems', '--no-headers')
    expect(out).toMatch(/^general-3 /)
  })

  it.each([
    [
      ['nope'],
      'error: there is no DaemonSet "nope" in the snapshot\nhint: the snapshot has agent, node-exporter\n',
    ],
    [
      ['-w'],
      "error: -w watches a cluster: it cannot be used with --snapshot or --nodes\nSee 'kds pods --help' for usage.\n",
    ],
  ])('%j is refused with a reason', async (argv, err) => {
    expect(await pods('healthy', ...argv)).toEqual({ out: '', err, exit: 1 })
  })

  it('goes on with -w, and prints what has changed on a pipe', async () => {
    const scene = await serveScene('healthy')
    const over = new AbortController()
    const path = '/api/v1/namespaces/logging/pods/agent-l76jk'
    let asked: Promise<unknown> | undefined
    const told: string[] = []
    const watch = (text: string) => {
      told.push(text)
      if (text.includes('terminating')) over.abort(new Error('seen'))
      else asked ??= ask(scene.sandbox, { method: 'DELETE', path })
    }
    const options = { kubeconfig: scene.kubeconfig, signal: over.signal, haste: 1000, watch }
    await liveKds(['pods', 'agent', '-n', 'logging', '-w', '--no-headers'], options)
    await asked
    await scene.close()
    expect(told[0]?.trimEnd().split('\n')).toHaveLength(6)
    expect(told.slice(1).join('')).toMatch(/^general-1 {3}agent-l76jk .* terminating.*\n$/)
  })
})
