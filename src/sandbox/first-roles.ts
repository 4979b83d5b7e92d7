import type { JsonObject } from '#kube/types.ts'

const reading = ['get', 'list', 'watch']
const writing = ['create', 'delete', 'deletecollection', 'patch', 'update']

const rule = (apiGroups: string[], resources: string[], verbs: string[]): JsonObject => ({
  apiGroups,
  resources,
  verbs,
})

const viewed = [
  rule(
    [''],
    [
      'configmaps',
      'events',
      'limitranges',
      'namespaces',
      'pods',
      'pods/log',
      'pods/status',
      'resourcequotas',
      'resourcequotas/status',
      'serviceaccounts',
      'services',
    ],
    reading,
  ),
  rule(['apps'], ['controllerrevisions', 'daemonsets', 'daemonsets/status'], reading),
  rule(['batch'], ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'], reading),
  rule(['policy'], ['poddisruptionbudgets', 'poddisruptionbudgets/status'], reading),
]
const edited = [
  rule([''], ['secrets'], reading),
  rule([''], ['configmaps', 'events', 'pods', 'secrets', 'serviceaccounts', 'services'], writing),
  rule([''], ['pods/eviction'], ['create']),
  rule(['apps'], ['daemonsets'], writing),
  rule(['batch'], ['cronjobs', 'jobs'], writing),
  rule(['policy'], ['poddisruptionbudgets'], writing),
  rule(['coordination.k8s.io'], ['leases'], [...reading, ...writing]),
]
const administered = [
  rule(['rbac.authorization.k8s.io'], ['rolebindings', 'roles'], [...reading, ...writing]),
  rule(['authorization.k8s.io'], ['localsubjectaccessreviews'], ['create']),
]
const paths = (...nonResourceURLs: string[]): JsonObject => ({ nonResourceURLs, verbs: ['get'] })
const health = ['/healthz', '/livez', '/readyz', '/version', '/version/']

const roles: Readonly<Record<string, readonly JsonObject[]>> = {
  admin: [...viewed, ...edited, ...administered],
  'cluster-admin': [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }],
  edit: [...viewed, ...edited],
  'system:basic-user': [
    rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
    rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
  ],
  'system:discovery': [paths('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...health)],
  'system:public-info-viewer': [paths(...health)],
  view: viewed,
}

const bound: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['system:masters'],
  'system:basic-user': ['system:authenticated'],
  'system:discovery': ['system:authenticated'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
}

const group = 'rbac.authorization.k8s.io'
const apiVersion = `${group}/v1`
const metadataFor = (name: string) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
})

/** The cluster roles that every cluster has, as far as they name what is served here, and who has them. */
export const firstRoles: readonly JsonObject[] = [
  ...Object.entries(roles).map(([name, rules]) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadataFor(name),
    rules: [...rules],
  })),
  ...Object.entries(bound).map(([name, groups]) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadataFor(name),
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: groups.map((one) => ({ apiGroup: group, kind: 'Group', name: one })),
  })),
]
