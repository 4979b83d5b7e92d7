import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { liveKds, until } from '../../helpers/live-world.ts'
import { words } from '../../helpers/run.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false })
const validate = ajv.compile(JSON.parse(readFileSync('docs/waves.schema.json', 'utf8')))

/** The documents of a text, one a line or one in all, each held to the schema. */
function documents(text: string): JsonObject[] {
  const parsed: JsonObject[] = text.startsWith('{\n')
    ? [JSON.parse(text)]
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
  for (const document of parsed) {
    validate(document)
    expect(validate.errors ?? []).toEqual([])
  }
  return parsed
}

let sandbox: Sandbox
let folder: string
beforeEach(async () => {
  sandbox = await startSandbox({ nodes: 6, behaviour: { terminationSeconds: 0.05, pullSeconds: 0.05 } })
  folder = temporaryFolder()
  writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
  writeFileSync(
    join(folder, 'a.yaml'),
    readFileSync('docs/waves-agent.yaml', 'utf8').replaceAll('agent', 'a').replace('/a:1.0', '/a:1'),
  )
  const applied = await run(`kds apply -f ${folder}/a.yaml -y`)
  expect(applied).toMatchObject({ exit: 0 })
  await until(() => read().status?.numberAvailable === 6)
})
afterEach(async () => {
  await sandbox.close()
})

const run = (command: string, more: object = {}) =>
  liveKds(words(command).slice(1), { kubeconfig: join(folder, 'config'), ...more })
const read = () => sandbox.control.store.get(types.daemonSets, 'default', 'a') as unknown as DaemonSet
const image = (tag: string) => `--set-image a=registry.example.com/a:${tag}`
const annotations = () => JSON.stringify(read().metadata?.annotations)

describe('kds rollout waves', () => {
  it('tells what it does, and leaves a plain DaemonSet', async () => {
    const { out, err, exit } = await run(`kds rollout waves ds/a ${image('2')} --canary node-4 --bake 0s`)
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    expect(out).toBe(
      [
        'daemonset.apps/a: 4 waves, 1 of 6 nodes may be down at a time',
        'wave 1 of 4 (canary): 1 node: node-4',
        'wave 2 of 4 (10%): 1 of 1 node updated and available',
        'wave 3 of 4 (50%): 2 nodes: node-1, node-2',
        'wave 4 of 4 (100%): 3 nodes: node-3, node-5, node-6',
        'daemonset.apps/a rolled out in waves: 6 nodes, never fewer than 5 available, 0 restarts; its own strategy is back',
        '',
      ].join('\n'),
    )
    expect(read().spec?.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    })
    expect(annotations()).not.toContain('waves.kds.dev')
    expect(annotations()).toContain('"kubernetes.io/change-cause":"set image a=registry.example.com/a:2"')
  })

  it('applies a manifest as kubectl apply does, with its own strategy and change cause', async () => {
    const text = readFileSync(join(folder, 'a.yaml'), 'utf8')
    writeFileSync(
      join(folder, 'b.yaml'),
      text
        .replace('/a:1', '/a:2')
        .replace('a 1.0', 'second')
        .replace('spec:', 'spec:\n  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}'),
    )
    const { out, exit } = await run(`kds rollout waves -f ${folder}/b.yaml --waves 50%,100% --bake 0s`)
    expect(exit).toBe(0)
    expect(out).toContain('2 waves, 2 of 6 nodes may be down at a time')
    expect(read().spec?.updateStrategy?.rollingUpdate).toEqual({ maxUnavailable: 2, maxSurge: 0 })
    expect(annotations()).toContain('"kubernetes.io/change-cause":"second"')
    expect(annotations()).toContain('last-applied-configuration')
    expect((await run(`kds apply -f ${folder}/b.yaml -y`)).out).toBe('daemonset.apps/a unchanged\n')
    const again = await run(`kds rollout waves -f ${folder}/b.yaml`)
    expect(again.err).toContain('daemonset.apps/a has this template already: there is nothing to roll out')
  })

  it('is what kds apply does, where waves are asked for', async () => {
    writeFileSync(
      join(folder, 'b.yaml'),
      readFileSync(join(folder, 'a.yaml'), 'utf8').replace('/a:1', '/a:2'),
    )
    const { out, exit } = await run(`kds apply -f ${folder}/b.yaml -y --waves 50%,100% --bake 0s`)
    expect({ exit, waves: out.match(/^wave/gm)?.length }).toEqual({ exit: 0, waves: 2 })
    expect((await run(`kds apply -f ${folder}/b.yaml -y`)).out).toBe('daemonset.apps/a unchanged\n')
    writeFileSync(join(folder, 'c.yaml'), readFileSync('docs/waves-agent.yaml', 'utf8'))
    expect(await run(`kds apply -f ${folder}/c.yaml -y --canary 1`)).toMatchObject({
      exit: 0,
      out: 'daemonset.apps/agent created\n',
    })
    const both = await run(`kds apply -f ${folder}/b.yaml -f ${folder}/c.yaml -y --canary 1`)
    expect(both.err).toContain('waves are about one DaemonSet at a time')
    const wait = await run(`kds apply -f ${folder}/b.yaml --canary 1 --server-side`)
    expect(wait.err).toContain('--canary rolls out in waves, which take no --server-side')
  })

  it('goes back with exit code 1 when the gate fails, which is told what it judges', async () => {
    const gate = 'echo $KDS_NAMESPACE/$KDS_DAEMONSET $KDS_WAVE of $KDS_WAVES $KDS_WAVE_LABEL; exit 4'
    const { out, err, exit } = await run(
      `kds rollout waves ds/a ${image('2')} --canary 1 --waves 100% --bake 0s --gate '${gate}'`,
    )
    expect(exit).toBe(1)
    expect(err).toBe(
      'default/a 1 of 2 canary\nerror: wave 1 of 2 has failed: the gate ended with exit code 4\n',
    )
    expect(out).toContain('daemonset.apps/a is back at its old revision; its own strategy is back')
    expect(read().spec?.template?.spec?.containers?.[0]?.image).toBe('registry.example.com/a:1')
    expect(annotations()).toContain('"kubernetes.io/change-cause":"a 1.0"')
  })

  it('says on a terminal once why a wave has failed', async () => {
    const command = `kds rollout waves ds/a ${image('2')} --canary 1 --bake 0s --gate 'exit 4'`
    const { out, err, exit } = await run(command, { terminal: 80 })
    expect(exit).toBe(1)
    expect(out).toContain('wave 1 of 4 has failed: the gate ended with exit code 4\n')
    expect(err).toContain(' wave 1 of 4 has failed (see above)\n')
  })

  it('is mentioned by status and get, with what to do, while it is paused', async () => {
    const paused = await run(
      `kds rollout waves ds/a ${image('2')} --canary 1 --waves 100% --bake 0s --gate 'exit 4' --on-failure pause`,
    )
    expect(paused.exit).toBe(1)
    const status = await run('kds rollout status ds/a --watch=false')
    expect(status.exit).toBe(1)
    expect(status.err).toMatch(
      /is rolled out in waves, which are paused \(.*exit code 4\): kds rollout waves resume ds\/a -n default goes on, abort goes back/,
    )
    const followed = await run('kds rollout status ds/a --watch=false --on-delete')
    expect(followed.err).toMatch(/^Warning: it is rolled out in waves, which are paused \(.*\): 5 nodes keep/)
    expect(followed.err).toContain(
      '    kds rollout waves resume ds/a -n default  # to go on, once its cause is fixed',
    )
    expect((await run('kds get ds a')).out).toMatch(/waves paused 1\/6$/m)
    const described = await run('kds describe ds/a')
    expect(described).toMatchObject({ err: '', exit: 0 })
    expect(described.out).toContain('kds rollout waves abort ds/a -n default')
    expect(described.out).not.toContain('kubectl delete pod')
    expect((await run('kds rollout waves abort ds/a')).exit).toBe(0)
  })

  it('rolls out an old revision, which gets its change cause', async () => {
    await run(`kds rollout waves ds/a ${image('2')} --waves 100% --bake 0s`)
    const { exit } = await run('kds rollout waves ds/a --to-revision 1 --waves 100% --bake 0s')
    expect(exit).toBe(0)
    const history = await run('kds rollout history ds/a')
    expect(history.out).toMatch(/^2 +set image a=\S+:2\n3 +a 1\.0$/m)
  })

  it('says as events what it does, by its schema; a plan and a status, too', async () => {
    const plan = await run(`kds rollout waves ds/a ${image('2')} --canary 1 --by zone --dry-run -o json`)
    expect(documents(plan.out)).toMatchObject([
      {
        kind: 'RolloutWavesPlan',
        waves: [{ label: 'canary' }, { label: 'zone-a' }, {}, {}],
        minAvailable: 5,
      },
    ])
    expect(read().metadata?.generation).toBe(1)
    const paused = await run(
      `kds rollout waves ds/a ${image('2')} --canary 1 --bake 1s --gate 'exit 1' --on-failure pause -o json`,
    )
    expect(documents(paused.out).map(({ event }) => event)).toEqual(
      expect.arrayContaining(['begun', 'wave', 'baking', 'gate', 'paused']),
    )
    expect(paused).toMatchObject({ exit: 1 })
    const status = await run('kds rollout waves status ds/a -o json')
    expect(documents(status.out)).toMatchObject([
      { kind: 'RolloutWavesStatus', state: 'paused', gate: 'exit 1', waves: [{ updated: 1 }, {}, {}, {}] },
    ])
    const promoted = await run('kds rollout waves promote ds/a --all -o json')
    expect(documents(promoted.out)).toMatchObject([{ event: 'handed-over' }])
    expect(documents((await run('kds rollout waves status ds/a -o json')).out)).toMatchObject([
      { state: 'none' },
    ])
  })

  it('is broken off by Ctrl-C without a loss, says how to go on, and lets go of its lease', async () => {
    const interrupts = new AbortController()
    const going = run(`kds rollout waves ds/a ${image('2')} --canary 1 --bake 1h --gate true`, {
      signal: interrupts.signal,
      watch: (text: string) => {
        if (text.includes('baking')) interrupts.abort(new Error('interrupted'))
      },
    })
    const { err, exit } = await going
    expect(exit).toBe(130)
    expect(err).toBe(
      'interrupted: daemonset.apps/a is left as it is, nothing more is changed\nhint: kds rollout waves resume ds/a -n default continues, abort goes back\n',
    )
    expect(annotations()).not.toContain('holder')
    const refused = await run('kds rollout waves resume ds/a')
    expect(refused.err).toBe(
      "error: this roll-out was begun with a gate, which kds does not run from an annotation\nhint: give it again, --gate 'true', or go on without one: --gate=\n",
    )
    const back = await run('kds rollout waves abort ds/a')
    expect(back).toMatchObject({ exit: 0, err: '' })
    expect(annotations()).not.toContain('waves.kds.dev')
  })

  it('is aborted from elsewhere: both come to the same end, and only who wanted it is content', async () => {
    let bakes = () => {}
    const baking = new Promise<void>((resolve) => {
      bakes = resolve
    })
    const watch = (text: string) => {
      if (text.includes('baking')) bakes()
    }
    const going = run(`kds rollout waves ds/a ${image('2')} --canary 1 --bake 1h`, { watch })
    await baking
    const aborted = await run('kds rollout waves abort ds/a')
    expect(aborted).toMatchObject({ exit: 0, err: '' })
    expect(aborted.out).toContain('daemonset.apps/a is back at its old revision; its own strategy is back\n')
    expect(await going).toMatchObject({
      exit: 1,
      err: 'error: someone has aborted the roll-out: no pod runs the new revision\n',
    })
    expect(annotations()).not.toContain('waves.kds.dev')
  })

  it.each([
    [`${image('1')}`, 'daemonset.apps/a has this template already: there is nothing to roll out'],
    ['--set-image b=c', 'unable to find container named "b"'],
    ['--to-revision 7', 'unable to find the specified revision'],
    [`${image('2')} --canary node-9`, 'daemonset.apps/a runs no pod on node-9'],
    [
      `${image('2')} --canary -l tier=test`,
      'daemonset.apps/a runs no pod on a node that "tier=test" selects',
    ],
    [
      `${image('2')} --by zon`,
      'no node of daemonset.apps/a has a label "zon"\nhint: did you mean --by=zone?',
    ],
    [`${image('2')} --by pool`, 'no node of daemonset.apps/a has a label that tells its pool'],
    [`-f docs/waves-agent.yaml`, 'daemonsets.apps "agent" not found'],
  ])('refuses %s', async (flags, told) => {
    const target = flags.startsWith('-f') ? '' : 'ds/a '
    const { err, exit } = await run(`kds rollout waves ${target}${flags}`)
    expect({ exit, told: err.includes(told) || err }).toEqual({ exit: 1, told: true })
    expect(read().metadata?.generation).toBe(1)
  })

  it('a change by another command is warned of, because it stops them', async () => {
    const paused = await run(
      `kds rollout waves ds/a ${image('2')} --canary 1 --bake 0s --gate false --on-failure pause`,
    )
    expect(paused).toMatchObject({ exit: 1 })
    const warning =
      'Warning: daemonset.apps/a is being rolled out in waves, which stop now that someone else has changed the template: kds rollout waves abort ds/a -n default brings its own strategy back\n'
    expect((await run('kds rollout restart ds/a --dry-run=server')).err).toBe('')
    expect((await run('kds rollout restart ds/a')).err).toBe(warning)
    expect((await run('kds set image ds/a a=registry.example.com/a:3')).err).toBe(warning)
    expect((await run(`kds apply -f ${folder}/a.yaml -y`)).err).toContain(warning)
    expect(await run('kds rollout waves abort ds/a')).toMatchObject({ exit: 0 })
    expect((await run('kds rollout restart ds/a')).err).toBe('')
  })

  it('refuses a DaemonSet that may have no pod down, until it is told how many may', async () => {
    sandbox.control.store.collection(types.daemonSets).put({
      ...read(),
      spec: {
        ...read().spec,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      },
    } as never)
    const { err } = await run(`kds rollout waves ds/a ${image('2')}`)
    expect(err).toContain('daemonset.apps/a may have no pod down (maxSurge)')
    const { exit } = await run(
      `kds rollout waves ds/a ${image('2')} --waves 100% --bake 0s --max-unavailable 2`,
    )
    expect(exit).toBe(0)
    expect(read().spec?.updateStrategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
  })

  it('without waves there is nothing to pause, resume, promote or abort', async () => {
    for (const verb of ['pause', 'resume', 'promote', 'abort'])
      expect((await run(`kds rollout waves ${verb} ds/a`)).err).toContain(
        'daemonset.apps/a is not being rolled out in waves',
      )
    expect((await run('kds rollout waves status ds/a')).out).toBe('default/a: no waves are under way\n')
  })
})
