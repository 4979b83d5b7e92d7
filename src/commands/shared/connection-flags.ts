import { toggle } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'

const connection = (flag: Omit<FlagSpec, 'group'>): FlagSpec => ({ ...flag, group: 'connection' })

const ignored = (flag: Omit<FlagSpec, 'group' | 'summary'>, why = ''): FlagSpec => ({
  ...flag,
  group: 'ignored',
  summary: `Accepted for compatibility, no effect${why}`,
})

/** Namespace of the objects that are named. */
export const namespaceFlag: FlagSpec = {
  name: 'namespace',
  short: 'n',
  value: 'NAME',
  completes: 'namespace',
  summary: "Namespace to look in; the context's by default",
}

/** kubectl's connection flags, by the names and with the meanings that they have there. */
export const connectionFlags: readonly FlagSpec[] = [
  connection({
    name: 'kubeconfig',
    value: 'FILE',
    completes: 'file',
    summary: 'Kubeconfig to use instead of those that KUBECONFIG lists',
  }),
  connection({ name: 'context', value: 'NAME', completes: 'context', summary: 'Context of the kubeconfig' }),
  connection({ name: 'cluster', value: 'NAME', completes: 'cluster', summary: 'Cluster of the kubeconfig' }),
  connection({ name: 'user', value: 'NAME', completes: 'user', summary: 'User of the kubeconfig' }),
  connection({ name: 'server', short: 's', value: 'URL', summary: 'Address of the API server' }),
  connection({ name: 'token', value: 'TOKEN', summary: 'Bearer token to authenticate with' }),
  connection({ name: 'username', value: 'NAME', summary: 'Name for basic authentication' }),
  connection({ name: 'password', value: 'PASSWORD', summary: 'Password for basic authentication' }),
  connection({ name: 'as', value: 'USER', summary: 'User to impersonate' }),
  connection({ name: 'as-group', value: 'GROUP', repeatable: true, summary: 'Group to impersonate' }),
  connection({ name: 'as-uid', value: 'UID', summary: 'UID to impersonate' }),
  connection({
    name: 'as-user-extra',
    value: 'KEY=VALUE',
    repeatable: true,
    summary: 'Extra attribute of the user to impersonate',
  }),
  connection({
    name: 'certificate-authority',
    value: 'FILE',
    completes: 'file',
    summary: "Certificate of the authority that signed the server's",
  }),
  connection({
    name: 'client-certificate',
    value: 'FILE',
    completes: 'file',
    summary: 'Certificate to authenticate with',
  }),
  connection({
    name: 'client-key',
    value: 'FILE',
    completes: 'file',
    summary: 'Key of the client certificate',
  }),
  connection({
    name: 'tls-server-name',
    value: 'NAME',
    summary: "Name to expect in the server's certificate",
  }),
  connection(
    toggle(
      'insecure-skip-tls-verify',
      "Do not check the server's certificate: anybody could pretend to be it",
    ),
  ),
  connection({
    name: 'request-timeout',
    value: 'DURATION',
    default: '0',
    summary: 'How long to wait for one answer; a bare number is seconds, 0 waits forever',
  }),
  connection(toggle('disable-compression', 'Ask for answers without compression')),
  connection(toggle('warnings-as-errors', 'Exit with 1 when the server sent a warning')),
  ignored({ name: 'match-server-version', default: 'false' }, ': kds speaks v1 only, which every server has'),
  ignored({ name: 'cache-dir', value: 'DIR', completes: 'folder' }, ': kds keeps no cache'),
  connection({
    name: 'kuberc',
    value: 'FILE',
    completes: 'file',
    summary: 'Preferences to read instead of ~/.kube/kuberc: which credential plugins may run',
  }),
  ...['profile', 'profile-output', 'vmodule', 'log-flush-frequency'].map((name) =>
    ignored({ name, value: 'VALUE' }),
  ),
]
