import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { liveKds, until } from '../../helpers/live-world.ts'
import { workspace } from '../../helpers/workspace.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'

/** A role of the verbs, for the user of the same name; on DaemonSets, unless other rules are given. */
function mayOnly(
  user: string,
  verbs: readonly string[],
  { apiGroups, resources } = { apiGroups: ['apps'], resources: ['daemonsets'] },
): KubeObject[] {
  const metadata = { name: user, namespace: 'default' }
  const group = 'rbac.authorization.k8s.io'
  const objects = [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups, resources, verbs }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: user },
      subjects: [{ kind: 'User', apiGroup: group, name: user }],
    },
  ]
  return objects
}

describe('with no more rights than kubectl needs', () => {
  let sandbox: Sandbox
  const folder = workspace({ 'ds.yaml': exampleDaemonSet })
  const kds = async (args: string) => {
    const options = { kubeconfig: join(folder, 'config'), cwd: folder, haste: 20 }
    const { out, err, exit } = await liveKds(args.split(' '), options)
    return { out, exit, err: err.replace(/^hint: .*\n/m, '') }
  }
  beforeAll(async () => {
    const objects = [
      ...simulatedNodes(1),
      ...mayOnly('writer', ['create', 'patch']),
      ...mayOnly('remover', ['delete']),
      ...mayOnly('blind-remover', ['get', 'delete']),
    ]
    sandbox = await startSandbox({ objects })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
  })
  afterAll(() => sandbox.close())
  beforeEach(() => kds('apply -f ds.yaml'))

  it('server-side apply reads nothing', async () => {
    expect(await kds('apply -f ds.yaml --server-side --force-conflicts --as writer')).toEqual({
      out: 'daemonset.apps/example-daemonset serverside-applied\n',
      err: '',
      exit: 0,
    })
  })

  it('what the server says to server-side apply is told as it is', async () => {
    expect(await kds('apply -f ds.yaml --server-side --as remover')).toEqual({
      out: '',
      err: `Error from server (Forbidden): daemonsets.apps "example-daemonset" is forbidden: User "remover" cannot patch resource "daemonsets" in API group "apps" in the namespace "default"\n`,
      exit: 1,
    })
  })

  it.each(['remover', 'blind-remover'])('delete reads and watches nothing (%s)', async (user) => {
    expect(await kds(`delete ds/example-daemonset --as ${user}`)).toEqual({
      out: 'daemonset.apps "example-daemonset" deleted from default namespace\n',
      err: '',
      exit: 0,
    })
    expect((await kds('get ds/example-daemonset -o name')).exit).toBe(1)
  })

  it('delete finds nothing where nothing is', async () => {
    expect((await kds('delete ds/none --as remover')).err).toBe(
      'Error from server (NotFound): daemonsets.apps "none" not found\n',
    )
    expect(await kds('delete ds/none --as remover --ignore-not-found')).toEqual({ out: '', err: '', exit: 0 })
  })
})

describe('who may read what is in a namespace, and no nodes', () => {
  let sandbox: Sandbox
  const folder = workspace({ 'ds.yaml': exampleDaemonSet })
  const kds = async (args: string) => {
    const { out, err, exit } = await liveKds(args.split(' '), {
      kubeconfig: join(folder, 'config'),
      cwd: folder,
    })
    return { out: out.replaceAll(/\d+ s|\d+s|\d+ times/g, 'N'), exit, err }
  }
  beforeAll(async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: 'default' },
      spec: { hard: { pods: '2' } },
    }
    const all = { apiGroups: ['', 'apps'], resources: ['*'] }
    const objects = [...simulatedNodes(3), ...mayOnly('viewer', ['get', 'list', 'watch'], all), quota]
    sandbox = await startSandbox({ objects, speed: 50 })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
    await kds('apply -f ds.yaml')
    await until(async () => (await kds('get')).out.includes('stuck: quota'))
  })
  afterAll(() => sandbox.close())

  it.each(['get', 'get ds/example-daemonset -o jsonpath={.items[*].verdict}'])(
    'gets the same verdict: %s',
    async (args) => {
      const [known, unknown] = [await kds(args), await kds(`${args} --as viewer`)]
      expect(known.out).toContain('quota')
      expect(unknown).toEqual({
        ...known,
        err: 'Warning: you may not list nodes: this is told from the pods alone\n',
      })
    },
  )

  it('is told of the pods that there are, and why there are no more', async () => {
    const { err, exit, out } = await kds('pods example-daemonset --as viewer')
    expect({ err, exit }).toEqual({
      err: 'Warning: you may not list nodes: this is told from the pods alone\n',
      exit: 0,
    })
    expect(out).toMatch(
      /^default\/example-daemonset is stuck: the API server refuses new pods \(N\): exceeded quota: few/,
    )
    expect(out.match(/ready for N/g)).toHaveLength(2)
  })

  it('is told why a roll-out does not go on', async () => {
    const { err } = await kds('rollout status ds/example-daemonset --watch=false --as viewer')
    expect(err).toContain('ResourceQuota: the API server refuses new pods')
  })

  it('is described all but the nodes', async () => {
    const { exit, out } = await kds('describe example-daemonset --as viewer')
    expect(exit).toBe(0)
    expect(out).toMatch(/^Placement: +you may not list nodes$/m)
    expect(out).toMatch(/^ {2}2 ready: node-\d, node-\d$/m)
    const { items } = JSON.parse((await kds('describe example-daemonset --as viewer -o json')).out)
    expect(items[0]).not.toHaveProperty('placement')
  })
})
