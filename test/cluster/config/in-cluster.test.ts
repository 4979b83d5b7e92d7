import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionFlags } from '#cluster/config/connection.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { resolveConnection } from '#cluster/config/resolve-connection.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'

/*
 * What kubectl does in a pod, as it was seen: 45 cases with the files of a service account at their place, a recording server
 * as the cluster, and another as the server of the kubeconfig.
 */

const folder = temporaryFolder()
const account = join(folder, 'account')
const at = (name: string) => join(account, name)
beforeEach(() => {
  rmSync(account, { recursive: true, force: true })
  mkdirSync(account)
  for (const [name, text] of Object.entries({ token: 'POD', namespace: 'podspace\n', 'ca.crt': 'CA' }))
    writeFileSync(at(name), text)
})

const context = (more: object) => ({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...more } }],
})
const clusters = [{ name: 'k', cluster: { server: 'https://elsewhere:6443' } }]
const users = [{ name: 'u', user: { token: 'K' } }]

interface Situation {
  readonly config?: object
  readonly flags?: ConnectionFlags
  readonly env?: Record<string, string>
}

/** Where kds would connect, in which namespace, with what. */
async function resolved({ config, flags = {}, env = {} }: Situation) {
  const file = join(folder, 'config')
  writeFileSync(file, JSON.stringify(config ?? {}))
  const host = testHost({
    HOME: join(folder, 'nowhere'),
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    ...(config ? { KUBECONFIG: file } : {}),
    ...env,
  })
  const connection = resolveConnection(await loadKubeconfig(undefined, host), flags, host, account)
  const { cluster, namespace, user } = connection
  return { server: cluster.server, namespace, user }
}

const pod = {
  server: 'https://10.0.0.1:443',
  namespace: 'podspace',
  user: { tokenFile: at('token') },
}
const nowhere = 'http://localhost:8080'

describe('in a pod', () => {
  it.each<[string, Situation, object]>([
    ['without a kubeconfig', {}, pod],
    ['POD_NAMESPACE', { env: { POD_NAMESPACE: 'named' } }, { ...pod, namespace: 'named' }],
    ['-n', { flags: { namespace: 'mine' }, env: { POD_NAMESPACE: 'named' } }, { ...pod, namespace: 'mine' }],
    ['-n default', { flags: { namespace: 'default' } }, { ...pod, namespace: 'default' }],
    ['an address of IPv6', { env: { KUBERNETES_SERVICE_HOST: '::1' } }, { server: 'https://[::1]:443' }],
    ['no host', { env: { KUBERNETES_SERVICE_HOST: '' } }, { server: nowhere, namespace: 'default' }],
    ['no port', { env: { KUBERNETES_SERVICE_PORT: '' } }, { server: nowhere, namespace: 'default' }],
    ['--token', { flags: { token: 'T' } }, { ...pod, user: { token: 'T' } }],
    ['--username, which is not minded', { flags: { username: 'u', password: 'p' } }, pod],
    ['--request-timeout', { flags: { 'request-timeout': '9s' } }, pod],
    ['--disable-compression', { flags: { 'disable-compression': true } }, pod],
    ['--server', { flags: { server: 'https://x' } }, { server: 'https://x', namespace: 'podspace' }],
    ['--as', { flags: { as: 'ann' } }, { server: nowhere }],
    ['an empty kubeconfig', { config: {} }, pod],
    ['a kubeconfig with users alone', { config: { users } }, pod],
    ['a kubeconfig with clusters alone', { config: { clusters } }, pod],
    [
      'a kubeconfig without a current context',
      { config: { ...context({}), clusters, users, 'current-context': '' } },
      pod,
    ],
    [
      'a cluster without a server',
      {
        config: {
          ...context({}),
          users,
          clusters: [{ name: 'k', cluster: { 'tls-server-name': 'x' } }],
        },
      },
      pod,
    ],
    [
      'a context that names a namespace alone',
      { config: context({ cluster: '', user: '', namespace: 'cn' }) },
      { ...pod, namespace: 'cn' },
    ],
    [
      'a user of the kubeconfig who acts for another',
      { config: { ...context({ cluster: '' }), users: [{ name: 'u', user: { as: 'ann' } }] } },
      { server: nowhere },
    ],
    [
      'a kubeconfig, and the namespace of the pod',
      { config: { ...context({}), clusters, users } },
      { server: 'https://elsewhere:6443', namespace: 'podspace', user: { token: 'K' } },
    ],
    [
      'a kubeconfig, and POD_NAMESPACE',
      { config: { ...context({}), clusters, users }, env: { POD_NAMESPACE: 'named' } },
      { server: 'https://elsewhere:6443', namespace: 'named' },
    ],
    [
      'a kubeconfig with a namespace',
      { config: { ...context({ namespace: 'default' }), clusters, users } },
      { server: 'https://elsewhere:6443', namespace: 'default' },
    ],
  ])('%s', async (_name, situation, wanted) => {
    expect(await resolved(situation)).toMatchObject(wanted)
  })

  it.each<[string, string | undefined, string]>([
    ['is not there', undefined, 'default'],
    ['is empty', ' \n', 'default'],
  ])('the file with the namespace %s', async (_name, text, namespace) => {
    rmSync(at('namespace'))
    if (text !== undefined) writeFileSync(at('namespace'), text)
    expect(await resolved({})).toMatchObject({ ...pod, namespace })
  })

  it.each<[ConnectionFlags, string]>([
    [{ user: 'zz' }, 'auth info "zz" does not exist'],
    [{ cluster: 'zz' }, 'no server found for cluster "zz"'],
    [{ context: 'zz' }, 'context was not found for specified context: zz'],
  ])('%j names what no kubeconfig has, and is not passed over', async (flags, message) => {
    await expect(resolved({ flags })).rejects.toThrow(message)
  })

  it('without a token it is no pod', async () => {
    rmSync(at('token'))
    expect(await resolved({})).toMatchObject({ server: nowhere, namespace: 'default' })
  })
})

describe('whom a pod trusts', () => {
  const trust = async (flags: ConnectionFlags) => {
    const host = testHost({ KUBERNETES_SERVICE_HOST: 'h', KUBERNETES_SERVICE_PORT: '1' })
    return resolveConnection(await loadKubeconfig(undefined, host), flags, host, account).cluster
  }
  it.each<[string, ConnectionFlags, object]>([
    ['the authority of its account', {}, { 'certificate-authority': at('ca.crt') }],
    [
      '--certificate-authority',
      { 'certificate-authority': at('token') },
      { 'certificate-authority': at('token') },
    ],
    ['anybody', { 'insecure-skip-tls-verify': true }, { 'insecure-skip-tls-verify': true }],
    [
      'a server of another name',
      { 'tls-server-name': 'kubernetes' },
      { 'certificate-authority': at('ca.crt'), 'tls-server-name': 'kubernetes' },
    ],
  ])('%s', async (_name, flags, wanted) => {
    const { server, ...others } = await trust(flags)
    expect(server).toBe('https://h:1')
    expect(others).toEqual(wanted)
  })

  it('the system, where there is no authority', async () => {
    rmSync(at('ca.crt'))
    expect(await trust({})).toEqual({ server: 'https://h:1' })
  })
})
