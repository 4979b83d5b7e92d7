import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixture } from '../../helpers/scripted-server.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

/** A kubeconfig of one cluster, user and context, with what is otherwise in each. */
interface Case {
  readonly user?: object
  readonly cluster?: object
  readonly context?: object
  readonly config?: object
  readonly flags?: readonly string[]
  /** Where kds is known to be better than kubectl: what it does instead. */
  readonly better?: string | RegExp
  /** What it cannot be kept from by Bun, as the docs of the single file tell. */
  readonly onBun?: RegExp
}

type Cases = Readonly<Record<string, Case>>

export const text = (name: string) => readFileSync(fixture(name), 'utf8')
const data = (name: string) => Buffer.from(text(name)).toString('base64')
export const folder = temporaryFolder()
export const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content, { mode: 0o755 })
  return join(folder, name)
}
export const ca = { 'certificate-authority': fixture('ca.crt') }
const certificate = { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') }
const certificateData = {
  'client-certificate-data': data('client.crt'),
  'client-key-data': data('client.key'),
}
export const token = { token: 'T' }
const plugin = (answer: object | string, version = 'v1', more: object = {}) => ({
  exec: {
    apiVersion: `client.authentication.k8s.io/${version}`,
    command: 'echo',
    interactiveMode: 'Never',
    args: [
      typeof answer === 'string'
        ? answer
        : JSON.stringify({
            kind: 'ExecCredential',
            apiVersion: `client.authentication.k8s.io/${version}`,
            status: answer,
          }),
    ],
    ...more,
  },
})
const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`
const oidc = (config: object) => ({
  'auth-provider': {
    name: 'oidc',
    config: { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'c', ...config },
  },
})
const written = file('token', ' file-token\n')
const empty = file('empty', ' \n')
const torn = file('torn', 'T\nU')
const half = { 'client-certificate': fixture('client.crt') }

const users: Cases = {
  token: { user: token },
  'token file': { user: { tokenFile: written } },
  // kubectl would ask for a name and a password, as it does of a user without anything.
  'a token file without a name': { user: { tokenFile: '' }, better: /"headers":\{\}/ },
  'token and a token file without a name': { user: { ...token, tokenFile: '' } },
  'plugin and a token file without a name': { user: { ...plugin({ token: 'P' }), tokenFile: '' } },
  'token and token file': { user: { ...token, tokenFile: written } },
  'token and a token file that is not there': { user: { ...token, tokenFile: '/nonexistent' } },
  'an empty token file': { user: { tokenFile: empty }, better: /^read empty token from file / },
  'token and an empty token file': { user: { ...token, tokenFile: empty } },
  'a token file that is a folder': { user: { tokenFile: folder } },
  'a token file of two lines': { user: { tokenFile: torn } },
  'token file that is not there': { user: { tokenFile: '/nonexistent' } },
  '--token over a token file': { user: { tokenFile: written }, flags: ['--token=F'] },
  '--token over a token': { user: token, flags: ['--token=F'] },
  '--token over a plugin': { user: plugin({ token: 'P' }), flags: ['--token=F'] },
  '--token over oidc': { user: oidc({ 'id-token': jwt({ exp: 4102444800 }) }), flags: ['--token=F'] },
  basic: { user: { username: 'u', password: 'p:ä' } },
  '--username and --password': { user: {}, flags: ['--username=u', '--password=p'] },
  '--username over a token': { user: token, flags: ['--username=u', '--password=p'] },
  'token and basic': { user: { ...token, username: 'u', password: 'p' } },
  certificate: { user: certificate },
  'certificate as data': { user: certificateData },
  'certificate twice': { user: { ...certificate, ...certificateData } },
  'certificate and token': { user: { ...certificate, ...token } },
  'certificate without a key': { user: half },
  'key without a certificate': { user: { 'client-key': fixture('client.key'), ...token } },
  'certificate that is not there': {
    user: { 'client-certificate': '/nonexistent', 'client-key': '/nonexistent' },
  },
  'certificate that is a folder': {
    user: { 'client-certificate': folder, 'client-key': fixture('client.key') },
    better: /^unable to read client-cert .* for u due to read .*: is a directory$/,
  },
  'certificate that is none': {
    user: { 'client-certificate': written, 'client-key': fixture('client.key') },
  },
  '--client-certificate': {
    user: token,
    flags: [`--client-certificate=${fixture('client.crt')}`, `--client-key=${fixture('client.key')}`],
  },
  '--client-certificate over data': {
    user: certificateData,
    flags: [`--client-certificate=${fixture('client.crt')}`, `--client-key=${fixture('client.key')}`],
    better: /"client":"jane"/,
  },
  'certificate and plugin': { user: { ...certificate, ...plugin({ token: 'P' }) } },
  'a user that is not there': { context: { user: 'zz' }, better: 'auth info "zz" does not exist' },
  '--user that is not there': { user: token, flags: ['--user=zz'] },
  '--user': {
    user: token,
    config: {
      users: [
        { name: 'u', user: token },
        { name: 'v', user: { token: 'V' } },
      ],
    },
    flags: ['--user=v'],
  },
}

const providers: Cases = {
  'plugin of v1': { user: plugin({ token: 'P' }) },
  'plugin of v1beta1': { user: plugin({ token: 'P' }, 'v1beta1') },
  'plugin of v1beta1 without a mode': {
    user: plugin({ token: 'P' }, 'v1beta1', { interactiveMode: undefined }),
  },
  'plugin of v1 without a mode': { user: plugin({ token: 'P' }, 'v1', { interactiveMode: undefined }) },
  'plugin of a mode that is none': { user: plugin({ token: 'P' }, 'v1', { interactiveMode: 'zz' }) },
  'plugin that wants a terminal': { user: plugin({ token: 'P' }, 'v1', { interactiveMode: 'Always' }) },
  'plugin with a certificate': {
    user: plugin({ clientCertificateData: text('client.crt'), clientKeyData: text('client.key') }),
  },
  'plugin with half a pair': { user: plugin({ clientKeyData: 'x' }) },
  'plugin without anything': { user: plugin({}) },
  'plugin without a command': { user: plugin({ token: 'P' }, 'v1', { command: undefined }) },
  'plugin without a version': { user: plugin({ token: 'P' }, 'v1', { apiVersion: undefined }) },
  'plugin with a nameless variable': { user: plugin({ token: 'P' }, 'v1', { env: [null] }) },
  'plugin that fails': { user: plugin({ token: 'P' }, 'v1', { command: 'false' }) },
  'plugin that is a folder': { user: plugin({ token: 'P' }, 'v1', { command: '/tmp' }), better: /exec: / },
  'plugin of another version': {
    user: plugin(
      JSON.stringify({
        kind: 'ExecCredential',
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        status: { token: 'P' },
      }),
    ),
  },
  'plugin of another kind': {
    user: plugin(
      JSON.stringify({ kind: 'Pod', apiVersion: 'client.authentication.k8s.io/v1', status: { token: 'P' } }),
    ),
  },
  'plugin with a token that is a number': { user: plugin({ token: 3 }) },
  'plugin with an end that is none': {
    user: plugin({ token: 'P', expirationTimestamp: 'garbage' }),
    better: /decoding stdout: parsing time "garbage"/,
  },
  'plugin and provider': { user: { ...plugin({ token: 'P' }), ...oidc({}) } },
  oidc: { user: oidc({ 'id-token': jwt({ exp: 4102444800 }) }) },
  'oidc without an issuer': { user: { 'auth-provider': { name: 'oidc' } } },
  'oidc without a client': { user: oidc({ 'client-id': '' }) },
  'oidc with an old token': { user: oidc({ 'id-token': jwt({ exp: 3 }) }) },
  'oidc with a token that is none': { user: oidc({ 'id-token': 'x' }) },
  gcp: { user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/true' } } } },
  azure: { user: { 'auth-provider': { name: 'azure' } } },
  'another provider': { user: { 'auth-provider': { name: 'zz' } } },
}

const acting: Cases = {
  as: { user: { ...token, as: 'ann' } },
  'as, with all': {
    user: {
      ...token,
      as: 'ann',
      'as-uid': '7',
      'as-groups': ['g', 'h'],
      'as-user-extra': { 'a/B': ['x', 'y'] },
    },
  },
  'groups alone': { user: { ...token, 'as-groups': ['g'] } },
  '--as': { user: token, flags: ['--as=ann', '--as-group=g', '--as-group=h', '--as-uid=7'] },
  '--as over as': { user: { ...token, as: 'ann', 'as-groups': ['g'] }, flags: ['--as=bob'] },
  'as, in another script': { user: { ...token, as: 'änn €', 'as-groups': ['ü'] } },
  'as with a line break': {
    user: { ...token, as: 'ann\nX-Y: z' },
    better: /^"as" of user "u" in \/.*config holds a line break or another control character/,
  },
  'groups with a line break': {
    user: { ...token, as: 'ann', 'as-groups': ['g', 'h\r'] },
    better: /^"as-groups" of user "u" in /,
  },
  '--as-user-extra with a line break': {
    user: { ...token, as: 'ann' },
    flags: ['--as-user-extra=k=a', '--as-user-extra=k=b\n'],
    better: /^--as-user-extra holds a line break/,
  },
  '--as with a line break': { flags: ['--as=a\nb'], better: /^--as holds a line break/ },
  'token with a line break': { user: { token: 'T\nU' }, better: /^"token" of user "u" in / },
  '--as with a tab': { flags: ['--as=a\tb'] },
  '--as-group alone': { user: token, flags: ['--as-group=g'] },
}

const clusters: Cases = {
  'authority as data': {
    cluster: { 'certificate-authority': undefined, 'certificate-authority-data': data('ca.crt') },
  },
  'authority twice': { cluster: { 'certificate-authority-data': data('ca.crt') } },
  'authority that is not there': { cluster: { 'certificate-authority': '/nonexistent' } },
  'authority that is a folder': {
    cluster: { 'certificate-authority': folder },
    better: /^unable to read certificate-authority .* for k due to read .*: is a directory$/,
  },
  'authority that is none': { cluster: { 'certificate-authority': written } },
  'no authority': { cluster: { 'certificate-authority': undefined } },
  insecure: { cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true } },
  'insecure with an authority': { cluster: { 'insecure-skip-tls-verify': true } },
  '--insecure-skip-tls-verify': { flags: ['--insecure-skip-tls-verify'] },
  '--insecure-skip-tls-verify=false over insecure': {
    cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true },
    flags: ['--insecure-skip-tls-verify=false'],
    better: /certificate signed by unknown authority/,
  },
  '--certificate-authority': {
    cluster: { 'certificate-authority': undefined },
    flags: [`--certificate-authority=${fixture('ca.crt')}`],
  },
  '--certificate-authority over insecure': {
    cluster: { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true },
    flags: [`--certificate-authority=${fixture('ca.crt')}`],
  },
  'server name': { cluster: { 'tls-server-name': 'kubernetes' } },
  'server name of another': { cluster: { 'tls-server-name': 'other' } },
  'server name that is an address': {
    cluster: { server: 'NAMED', 'proxy-url': 'PROXY', 'tls-server-name': '127.0.0.1' },
    onBun: /"name":"kubernetes"/,
  },
  'server name that is its address': { cluster: { 'tls-server-name': '127.0.0.1' } },
  'server name that is the address of another': { cluster: { 'tls-server-name': '10.0.0.1' } },
  '--tls-server-name': { flags: ['--tls-server-name=kubernetes'] },
  'a path': { cluster: { server: 'SERVER/k8s/c-1/' }, better: /"path":"\/k8s\/c-1\/apis/ },
  HTTPS: { cluster: { server: 'HTTPS-SERVER' } },
  'no scheme': { cluster: { server: 'HOST' }, better: /Bearer T/ },
  '--server': {
    cluster: { server: 'https://127.0.0.1:1', 'tls-server-name': 'other' },
    flags: ['--server=SERVER'],
  },
  'a server that is none': { cluster: { server: 'https://[bad' } },
  'another scheme': { cluster: { server: 'ftp://127.0.0.1:1' } },
  'a proxy': { cluster: { server: 'NAMED', 'proxy-url': 'PROXY' } },
  'a proxy with a password': { cluster: { server: 'NAMED', 'proxy-url': 'PROXY-AS' } },
  'a proxy that speaks TLS': { cluster: { server: 'NAMED', 'proxy-url': 'TLS-PROXY' } },
  'a proxy that speaks TLS, by its name': { cluster: { server: 'NAMED', 'proxy-url': 'TLS-PROXY-NAMED' } },
  'a proxy that speaks TLS with a certificate of nobody known': {
    cluster: {
      server: 'NAMED',
      'proxy-url': 'TLS-PROXY',
      'certificate-authority': undefined,
    },
  },
  'a proxy that is not there': {
    cluster: { server: 'NAMED', 'proxy-url': 'http://127.0.0.1:1' },
    better: 'proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
  },
  'a proxy of another scheme': { cluster: { 'proxy-url': 'ftp://x' } },
  'a cluster that is not there': { context: { cluster: 'zz' }, better: /was refused/ },
  '--cluster that is not there': { flags: ['--cluster=zz'], better: 'no server found for cluster "zz"' },
  '--context that is not there': {
    flags: ['--context=zz'],
    better: /context was not found for specified context: zz/,
  },
}

const files: Cases = {
  'a server that is a number': { cluster: { server: 3 } },
  'a flag that is a text': { cluster: { 'insecure-skip-tls-verify': 'yes' } },
  'a token that is a number': { user: { token: 3 } },
  'a plugin whose variables are a map': { user: { exec: { env: { a: 'b' } } } },
  'groups that are a text': { user: { ...token, as: 'a', 'as-groups': 'g' } },
  'bad base64': { cluster: { 'certificate-authority-data': '!!' } },
  'clusters that are a map': { config: { clusters: { a: 1 } } },
  'null among the clusters': {
    config: { clusters: [null, { name: 'k', cluster: { server: 'SERVER', ...ca } }] },
  },
  'a context that is a number': { config: { 'current-context': 3 } },
  'a Pod': { config: { kind: 'Pod' } },
  'another version': { config: { apiVersion: 'v2' } },
  'no kind': { config: { kind: undefined, apiVersion: undefined } },
  'an unknown field': { config: { zz: 3 } },
  'a time limit that is none': { flags: ['--request-timeout=soon'] },
}

/** Every case by its name. */
export const kubeconfigs = [users, providers, acting, clusters, files].flatMap((cases) =>
  Object.entries(cases),
)
