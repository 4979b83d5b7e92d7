import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet } from '../../helpers/kubectl.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { workspace } from '../../helpers/workspace.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'

/** A role of the verbs, for the user of the same name. */
function mayOnly(user: string, verbs: readonly string[]): KubeObject[] {
  const metadata = { name: user, namespace: 'default' }
  const group = 'rbac.authorization.k8s.io'
  const objects = [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['apps'], resources: ['daemonsets'], verbs }],
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
