import { flag, inGroup, toggle } from '#cli/flags.ts'
import type { FlagSpec, Invocation } from '#cli/spec.ts'
import type { ConnectionFlags } from '#cluster/config/connection.ts'

/** Flags that are taken because kubectl has them. */
const ignored = (flags: readonly FlagSpec[], why = ''): readonly FlagSpec[] =>
  flags.map((one) => ({ ...one, group: 'ignored', summary: `Accepted for compatibility, no effect${why}` }))

/** Namespace of the objects that are named. */
export const namespaceFlag: FlagSpec = flag(
  'namespace',
  'NAME',
  "Namespace to look in; the context's by default",
  { short: 'n', completes: 'namespace' },
)

/** kubectl's connection flags, by the names and with the meanings that they have there. */
export const connectionFlags: readonly FlagSpec[] = inGroup('connection', [
  flag('kubeconfig', 'FILE', 'Kubeconfig to use instead of those that KUBECONFIG lists', {
    completes: 'file',
  }),
  flag('context', 'NAME', 'Context of the kubeconfig', { completes: 'context' }),
  flag('cluster', 'NAME', 'Cluster of the kubeconfig', { completes: 'cluster' }),
  flag('user', 'NAME', 'User of the kubeconfig', { completes: 'user' }),
  flag('server', 'URL', 'Address of the API server', { short: 's' }),
  flag('token', 'TOKEN', 'Bearer token to authenticate with'),
  flag('username', 'NAME', 'Name for basic authentication'),
  flag('password', 'PASSWORD', 'Password for basic authentication'),
  flag('as', 'USER', 'User to impersonate'),
  flag('as-group', 'GROUP', 'Group to impersonate', { repeatable: true }),
  flag('as-uid', 'UID', 'UID to impersonate'),
  flag('as-user-extra', 'KEY=VALUE', 'Extra attribute of the user to impersonate', { repeatable: true }),
  flag('certificate-authority', 'FILE', "Certificate of the authority that signed the server's", {
    completes: 'file',
  }),
  flag('client-certificate', 'FILE', 'Certificate to authenticate with', { completes: 'file' }),
  flag('client-key', 'FILE', 'Key of the client certificate', { completes: 'file' }),
  flag('tls-server-name', 'NAME', "Name to expect in the server's certificate"),
  toggle('insecure-skip-tls-verify', "Do not check the server's certificate: anybody could pretend to be it"),
  flag(
    'request-timeout',
    'DURATION',
    'How long to wait for one answer; a bare number is seconds, 0 waits forever',
    { default: '0' },
  ),
  toggle('disable-compression', 'Ask for answers without compression'),
  toggle('warnings-as-errors', 'Exit with 1 when the server sent a warning'),
  ...ignored([toggle('match-server-version', '')], ': kds speaks v1 only, which every server has'),
  ...ignored([flag('cache-dir', 'DIR', '', { completes: 'folder' })], ': kds keeps no cache'),
  flag('kuberc', 'FILE', 'Preferences to read instead of ~/.kube/kuberc: which credential plugins may run', {
    completes: 'file',
  }),
  ...ignored(
    ['profile', 'profile-output', 'vmodule', 'log-flush-frequency'].map((name) => flag(name, 'VALUE', '')),
  ),
])

/** kubectl's connection flags as they were given. */
export function connectionFlagsOf(invocation: Invocation): ConnectionFlags {
  const flags = [...connectionFlags, namespaceFlag].filter(({ name }) => invocation.given(name))
  const said = ({ name, repeatable, value }: FlagSpec) =>
    repeatable ? invocation.list(name) : value ? invocation.text(name) : invocation.on(name)
  return Object.fromEntries(flags.map((flag) => [flag.name, said(flag)]))
}
