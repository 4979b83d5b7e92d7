import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { KdsError } from '#base/errors.ts'
import type { ConnectionFlags } from '#cluster/config/connection.ts'
import { loadKubeconfig } from '#cluster/config/kubeconfig.ts'
import { resolveConnection } from '#cluster/config/resolve-connection.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'

/** A folder with files; returns the path of each. */
function files(contents: Record<string, string>): (name: string) => string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return (name) => join(folder, name)
}

async function resolved(env: Record<string, string>, flags: ConnectionFlags = {}, cwd = '/') {
  const host = testHost(env, { cwd })
  return resolveConnection(await loadKubeconfig(flags.kubeconfig, host), flags, host)
}

const first = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: k
  cluster: {server: "https://first:6443", insecure-skip-tls-verify: true, tls-server-name: inside}
contexts:
- name: one
  context: {cluster: k, user: u, namespace: space}
users:
- name: u
  user: {token: first-token}
`
const second = `
current-context: two
clusters:
- name: k
  cluster: {server: "https://second:6443"}
- name: l
  cluster: {server: "https://l:6443", certificate-authority: pki/ca.crt}
contexts:
- name: two
  context: {cluster: l, user: v}
users:
- name: u
  user: {token: second-token, username: x}
- name: v
  user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./login}}
`
const make = () => files({ 'a/config': first, 'b/config': second, 'b/pki/ca.crt': 'CA' })

describe('kubeconfig files', () => {
  it('the first file to name something wins, missing files are passed over', async () => {
    const path = make()
    const KUBECONFIG = ['/nonexistent', path('a/config'), '', path('b/config')].join(':')
    expect(await resolved({ KUBECONFIG })).toMatchObject({
      contextName: 'one',
      namespace: 'space',
      namespaceGiven: false,
      cluster: { server: 'https://first:6443' },
      user: { token: 'first-token' },
    })
    const { user, cluster } = await resolved({ KUBECONFIG }, { context: 'two' })
    expect(user).not.toHaveProperty('username')
    expect(cluster.server).toBe('https://l:6443')
  })

  it('paths count from their own file, plugins by name from the PATH', async () => {
    const path = make()
    const { cluster, user, namespace } = await resolved({ KUBECONFIG: path('b/config') })
    expect(cluster['certificate-authority']).toBe(path('b/pki/ca.crt'))
    expect(user.exec).toMatchObject({ command: path('b/login'), interactiveMode: 'IfAvailable' })
    expect(namespace).toBe('default')
  })

  it('--kubeconfig stands alone, from the current folder', async () => {
    const path = make()
    const env = { KUBECONFIG: path('a/config') }
    expect(await resolved(env, { kubeconfig: 'b/config' }, path('.'))).toMatchObject({ contextName: 'two' })
  })

  it('~/.kube/config where nothing else is said', async () => {
    const path = files({ '.kube/config': first })
    expect(await resolved({ HOME: path('.') })).toMatchObject({ contextName: 'one' })
  })

  it('JSON and flow-style YAML are read alike', async () => {
    const json = JSON.stringify({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'k' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://j' } }],
    })
    const path = files({ json, flow: json.replaceAll('":', '": ').replaceAll('"', '') })
    for (const name of ['json', 'flow'])
      expect(await resolved({ KUBECONFIG: path(name) })).toMatchObject({ cluster: { server: 'https://j' } })
  })

  it('nothing at all is localhost:8080', async () => {
    expect(await resolved({})).toMatchObject({
      cluster: { server: 'http://localhost:8080' },
      namespace: 'default',
    })
  })
})

describe('a server without a scheme', () => {
  it.each<[ConnectionFlags, string]>([
    [{}, 'http://k:1'],
    [{ token: 'T' }, 'http://k:1'],
    [{ 'insecure-skip-tls-verify': true }, 'https://k:1'],
  ])('with %j is %s', async (flags, url) => {
    expect((await resolved({}, { server: 'k:1', ...flags })).cluster.server).toBe(url)
  })
})

describe('flags', () => {
  it('go before the file, and take with them what they make void', async () => {
    const KUBECONFIG = make()('a/config')
    const ca = files({ 'ca.crt': 'CA' })('ca.crt')
    const { cluster, user, requestTimeout, namespace, namespaceGiven } = await resolved(
      { KUBECONFIG },
      {
        server: 'https://flag',
        token: 'flag',
        namespace: 'n',
        'request-timeout': '1m',
        'certificate-authority': ca,
      },
    )
    expect(cluster).toEqual({
      server: 'https://flag',
      'certificate-authority': ca,
      'insecure-skip-tls-verify': false,
    })
    expect(user).toEqual({ token: 'flag' })
    expect([requestTimeout, namespace, namespaceGiven]).toEqual([60_000, 'n', true])
  })

  it('choose another cluster and user of the file', async () => {
    const path = make()
    const KUBECONFIG = `${path('a/config')}:${path('b/config')}`
    const { cluster, user } = await resolved({ KUBECONFIG }, { cluster: 'l', user: 'v' })
    expect([cluster.server, user.exec?.command]).toEqual(['https://l:6443', path('b/login')])
  })
})

describe('what kubectl says about a configuration', () => {
  it.each<[string, string, ConnectionFlags, string]>([
    [
      'no such context',
      first,
      { context: 'nope' },
      'Error in configuration: context was not found for specified context: nope',
    ],
    [
      'no such current context',
      'current-context: gone',
      {},
      'Error in configuration: context was not found for specified context: gone',
    ],
    ['no such cluster', first, { cluster: 'nope' }, 'no server found for cluster "nope"'],
    ['no such user', first, { user: 'nope' }, 'auth info "nope" does not exist'],
    ['a missing file', first, { kubeconfig: '/nonexistent' }, 'stat /nonexistent: no such file or directory'],
    [
      'a missing authority',
      first,
      { 'certificate-authority': '/nope' },
      'unable to read certificate-authority /nope for k due to open /nope: no such file or directory',
    ],
    [
      'a certificate without a key',
      first,
      { 'client-certificate': '/nope' },
      'Error in configuration: \n* client-key-data or client-key must be specified for u to use the clientCert authentication method.\n* unable to read client-cert /nope for u due to open /nope: no such file or directory',
    ],
    [
      'two ways to log in',
      first,
      { username: 'x' },
      'more than one authentication method found for u; found [token basicAuth], only one is allowed',
    ],
    [
      'groups without a user',
      first,
      { 'as-group': ['g'] },
      'requesting uid, groups or user-extra for u without impersonating a user',
    ],
    [
      'a strange proxy',
      first.replace('insecure', 'proxy-url: "ftp://p", insecure'),
      {},
      `invalid 'proxy-url' "ftp://p" for cluster "k": unsupported scheme "ftp", must be http, https, or socks5`,
    ],
    [
      'a strange proxy with a password, which is hidden',
      first.replace('insecure', 'proxy-url: "ftp://me:SE@CRET@p", insecure'),
      {},
      `invalid 'proxy-url' "ftp://xxxxx@p" for cluster "k": unsupported scheme "ftp", must be http, https, or socks5`,
    ],
    [
      'a proxy that is no URL',
      first.replace('insecure', 'proxy-url: "http://me:SECRET@p p", insecure'),
      {},
      `invalid 'proxy-url' "http://xxxxx@p p" for cluster "k": could not parse: http://xxxxx@p p`,
    ],
    [
      'a plugin of v1 that does not say whether it asks',
      first.replace('token: first-token', 'exec: {command: x, apiVersion: client.authentication.k8s.io/v1}'),
      {},
      'interactiveMode must be specified for u to use exec authentication plugin',
    ],
    [
      'a time-out that is none',
      first,
      { 'request-timeout': 'soon' },
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    ],
  ])('%s', async (_name, text, flags, words) => {
    const KUBECONFIG = files({ config: text })('config')
    await expect(resolved({ KUBECONFIG }, flags)).rejects.toMatchObject({ message: words })
  })

  it('a key without a certificate means nothing', async () => {
    const KUBECONFIG = files({ config: first })('config')
    expect((await resolved({ KUBECONFIG }, { 'client-key': '/nope' })).user.token).toBe('first-token')
  })

  it('one name twice', async () => {
    const KUBECONFIG = files({ config: 'users: [{name: u}, {name: u}]' })('config')
    await expect(resolved({ KUBECONFIG })).rejects.toThrow('duplicate name "u" in the list of users')
  })
})

/** All that a thrown error holds, its causes too. */
const inside = (error: unknown) => inspect(error, { depth: null, showHidden: true })

describe('what a broken kubeconfig holds is not shown', () => {
  const top = 'kind: Config\nusers:\n- name: u\n  user:\n'
  it.each<[string, string, string, string]>([
    [
      'two colons',
      '    token: SECRET: z\n',
      '5:18',
      '`: ` appears twice in this line: quote the value, or begin a new line',
    ],
    ['an open quote', '    token: "SECRET\n', '6:1', 'a quoted string is not closed before the end'],
    [
      'a value with children',
      '    token: SECRET\n      SECRET: z\n',
      '6:7',
      '`xxxxx` is indented below `token: xxxxx`, which has a value already: a line between them is missing',
    ],
    ['an alias', '    token: *SECRET\n', '5:13', 'the anchor `xxxxx` is not defined above'],
    ['a tag that does not fit', '    token: !!int SECRET\n', '5:12', 'it is not valid YAML'],
    [
      'an unknown escape',
      '    token: "SEC\\RET"\n',
      '5:17',
      'unknown escape in a double-quoted string; write `\\\\` for a backslash',
    ],
    ['a key that is none', '    [SECRET]: z\n', '5:5', 'a list or a mapping is where a key is expected'],
    [
      'a template',
      '    token: {{ .Values.SECRET }}\n',
      '5:12',
      'a list or a mapping is where a key is expected',
    ],
    [
      'a line without a colon',
      '    token: a\n    SECRET\n    name: b\n',
      '6:5',
      'this line is neither `key: value` nor a list item: a `:` is missing',
    ],
    [
      'a handle that only the parser names',
      '    token: !SECRET!x z\n',
      '5:21',
      'not valid YAML: undeclared tag handle "!xxxxx!"',
    ],
  ])('%s', async (_name, lines, place, words) => {
    const path = files({ config: top + lines })('config')
    const error = await resolved({ KUBECONFIG: path }).then(
      () => expect.unreachable(),
      (thrown: KdsError) => thrown,
    )
    expect(error.message).toBe(`error loading config file "${path}": ${words}`)
    expect(`${error.location?.line}:${error.location?.column}`).toBe(place)
    expect(inside(error)).not.toMatch(/SEC|RET/)
  })
})
