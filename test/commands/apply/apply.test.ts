import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { type LiveOptions, liveKds } from '../../helpers/live-world.ts'
import { workspace } from '../../helpers/workspace.ts'

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n'

describe('kds apply', () => {
  let sandbox: Sandbox
  const folder = workspace({
    'ds.yaml': exampleDaemonSet,
    'new.yaml': exampleDaemonSet.replace('nginx:latest', 'nginx:2'),
    'bad.yaml': exampleDaemonSet.replace('nginx:latest', 'nginx:bad'),
    'nameless.yaml': 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {}\n',
    'more.yaml': `${exampleDaemonSet}---\n${service}---\n${service.replace('{name: s}', '{name: t}')}`,
    'two.yaml': `${exampleDaemonSet}---\n${exampleDaemonSet.replaceAll('example', 'other')}`,
    'old.yaml': exampleDaemonSet.replace('apps/v1', 'extensions/v1beta1'),
  })
  beforeAll(async () => {
    sandbox = await startSandbox({ objects: simulatedNodes(4) })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
  })
  afterAll(() => sandbox.close())
  const run = (argv: readonly string[], options: Partial<LiveOptions> = {}) =>
    liveKds(argv, { kubeconfig: join(folder, 'config'), cwd: folder, haste: 20, ...options })
  const imageNow = async () =>
    (await run(['rollout', 'restart', 'ds/example-daemonset', '--dry-run=client', '-o', 'yaml'])).out.match(
      /image: (nginx:\w+)/,
    )?.[1]

  beforeEach(async () => {
    await run(['apply', '-f', 'ds.yaml', '--wait'])
  })

  it('in a pipe asks nothing and follows nothing, and with --wait it follows', async () => {
    expect(await run(['apply', '-f', 'new.yaml'])).toEqual({
      out: 'daemonset.apps/example-daemonset configured\n',
      err: '',
      exit: 0,
    })
    const { out, exit } = await run(['apply', '-f', 'ds.yaml', '--wait'])
    expect([out.split('\n')[0], exit]).toEqual(['daemonset.apps/example-daemonset configured', 0])
    expect(out).toContain('daemon set "example-daemonset" successfully rolled out\n')
  })

  it('on a terminal shows what comes of it, asks, and follows', async () => {
    const terminal = { terminal: 120, env: { NO_COLOR: '1' } }
    const yes = await run(['apply', '-f', 'new.yaml'], { ...terminal, stdin: 'y\n' })
    expect(yes.err).toMatch(
      /^daemonset\.apps\/example-daemonset: new template, a roll-out of \d pods in \d waves, about \d+s.*\nApply daemonset\.apps\/example-daemonset\? \(y\/N\) /,
    )
    expect(yes.exit).toBe(0)
    expect(await imageNow()).toBe('nginx:2')
    const no = await run(['apply', '-f', 'ds.yaml'], { ...terminal, stdin: 'n\n' })
    expect([no.exit, no.err.split('\n').at(-2)]).toEqual([
      1,
      expect.stringMatching(/error: apply is cancelled: nothing was changed$/),
    ])
    expect(await imageNow()).toBe('nginx:2')
    const unasked = await run(['apply', '-f', 'ds.yaml', '-y'], terminal)
    expect(unasked.err).toMatch(/^daemonset\.apps\/example-daemonset: new template, /)
    expect(unasked.err).not.toContain('(y/N)')
    expect(unasked.exit).toBe(0)
  })

  it('puts the old template back when the roll-out cannot come to its end', async () => {
    const { err, exit } = await run(['apply', '-f', 'bad.yaml', '--undo-on-failure'])
    expect(exit).toBe(1)
    expect(err).toMatch(
      /^daemonset\.apps\/example-daemonset was not rolled out: .*(ErrImagePull|ImagePullBackOff).*\ndaemonset\.apps\/example-daemonset goes back to revision \d+ \(now revision \d+\)\n/m,
    )
    expect(err).toMatch(/\nerror: .* was not rolled out: .*; revision \d+ is back\n$/)
    expect(await imageNow()).toBe('nginx:latest')
  })

  it('has nothing to go back to where it was created', async () => {
    const other = exampleDaemonSet.replaceAll('example', 'fresh').replace('nginx:latest', 'nginx:bad')
    const argv = ['apply', '-f', '-', '--undo-on-failure']
    const { err, exit } = await run(argv, { stdin: other })
    expect(exit).toBe(1)
    expect(err).toMatch(/; there is nothing to go back to: it was created\n$/)
    await run(['delete', 'ds/fresh-daemonset'])
  })

  it.each<[string[], string]>([
    [
      ['-f', 'more.yaml'],
      'error: kds applies DaemonSets only, and there is more: 2 Service\nhint: apply all of it with kubectl apply, or only the DaemonSets with --daemonsets-only\n',
    ],
    [
      ['-f', 'ds.yaml', '--prune'],
      'error: --prune is not supported: kds deletes only what is named; kubectl apply --prune does\n',
    ],
    [
      ['-f', 'ds.yaml', '--force'],
      'error: --force is not supported: kds does not delete and recreate a DaemonSet; kds delete --cascade=orphan, then apply\n',
    ],
    [['-f', 'ds.yaml', '--force-conflicts'], 'error: --force-conflicts only works with --server-side\n'],
    [
      ['-f', 'ds.yaml', '--server-side', '--dry-run=client'],
      "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)\n",
    ],
    [['-f', 'ds.yaml', '-l', 'app=none'], 'error: no objects passed to apply\n'],
    [
      ['-f', 'old.yaml'],
      'error: resource mapping not found for name: "example-daemonset" namespace: "" from "old.yaml": no matches for kind "DaemonSet" in version "extensions/v1beta1"\nhint: no server has it since Kubernetes v1.16: write apiVersion: apps/v1\n',
    ],
  ])('%j is refused, and nothing is changed', async (argv, message) => {
    expect(await run(['apply', ...argv])).toEqual({ out: '', err: message, exit: 1 })
  })

  it('is stopped by a rule before anything is changed', async () => {
    const { err, exit, out } = await run(['apply', '-f', 'new.yaml', '--max-change=50%', '--fail-on=lose'])
    expect([out, exit]).toEqual(['', 3])
    expect(err).toMatch(
      /^daemonset\.apps\/example-daemonset: new template, .*\nerror: the plan is stopped by .*\n$/,
    )
    expect(await imageNow()).toBe('nginx:latest')
    expect((await run(['apply', '-f', 'new.yaml', '--fail-on=lose,zero'])).exit).toBe(0)
  })

  it('leaves alone what it was told to, and says what', async () => {
    expect(await run(['apply', '-f', 'more.yaml', '--daemonsets-only'])).toEqual({
      out: 'daemonset.apps/example-daemonset unchanged\n',
      err: 'skipped: 2 Service\n',
      exit: 0,
    })
  })

  it('needs a name', async () => {
    const { err, exit } = await run(['apply', '-f', 'nameless.yaml'])
    expect(err).toBe(
      'error: nameless.yaml:3:1: resource name may not be empty\n  3 | metadata: {}\n    | ^\n',
    )
    expect(exit).toBe(1)
  })

  it('prints several objects as a list', async () => {
    const { out } = await run(['apply', '-f', 'two.yaml', '--dry-run=client', '-o', 'json'])
    const { items, kind } = JSON.parse(out) as { items: { metadata: object }[]; kind: string }
    expect([kind, items.length]).toEqual(['List', 2])
    const keys = (object: object) => Object.keys(object).join()
    expect([keys(JSON.parse(out)), keys(items[0] ?? {})]).toEqual([
      'kind,apiVersion,metadata,items',
      'apiVersion,kind,metadata,spec,status',
    ])
    const { metadata = {} } = items[0] ?? {}
    expect(Object.keys(metadata)).toEqual(Object.keys(metadata).sort())
    expect(items[0]?.metadata).not.toHaveProperty('managedFields')
    expect((await run(['apply', '-f', 'two.yaml', '--dry-run=client', '-o', 'name'])).out).toBe(
      'daemonset.apps/example-daemonset\ndaemonset.apps/other-daemonset\n',
    )
  })
})
