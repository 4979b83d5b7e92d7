import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ConnectionFlags } from '#cluster/config/connection.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { resolveConnection } from '#cluster/config/resolve-connection.ts'
import { testHost } from '../test-host.ts'

/** As inClusterClientConfig and DeferredLoadingClientConfig of k8s.io/client-go/tools/clientcmd have it. */
describe('in a pod', () => {
  const account = mkdtempSync(join(tmpdir(), 'kds-account-'))
  writeFileSync(join(account, 'token'), 'pod-token')
  afterAll(() => rmSync(account, { recursive: true }))

  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443', HOME: '/nonexistent' }
  const resolved = async (flags: ConnectionFlags) => {
    const host = testHost(env)
    return resolveConnection(await loadKubeconfig(undefined, host), flags, host, account)
  }
  const inPod = 'https://[fd00::1]:443'
  const nowhere = 'http://localhost:8080'

  it.each<[string, ConnectionFlags, string, object]>([
    ['nothing is said', {}, inPod, { tokenFile: join(account, 'token') }],
    ['a namespace is', { namespace: 'n' }, inPod, { tokenFile: join(account, 'token') }],
    ['a token is', { token: 'T' }, inPod, { token: 'T' }],
    ['somebody is acted for: not as the account', { as: 'ann' }, nowhere, { as: 'ann' }],
    ['a user name is', { username: 'u', password: 'p' }, nowhere, { username: 'u', password: 'p' }],
    ['a server is', { server: 'https://s' }, 'https://s', {}],
  ])('where %s', async (_, flags, server, user) => {
    const connection = await resolved(flags)
    expect(connection.cluster.server).toBe(server)
    expect(connection.user).toEqual(user)
  })

  it.each<[ConnectionFlags, string]>([
    [{ user: 'zz' }, 'auth info "zz" does not exist'],
    [{ cluster: 'zz' }, 'no server found for cluster "zz"'],
    [{ context: 'zz' }, 'context was not found for specified context: zz'],
  ])('%j names what no kubeconfig has, and is not passed over', async (flags, message) => {
    await expect(resolved(flags)).rejects.toThrow(message)
  })
})
