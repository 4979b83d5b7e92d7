import { pluralOf } from '#kube/plural.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import { cronJobColumns, jobColumns } from '../tables/batch-columns.ts'
import { ageColumn, nameColumn } from '../tables/columns.ts'
import { daemonSetColumns } from '../tables/daemon-set-columns.ts'
import { eventColumns } from '../tables/event-columns.ts'
import { nodeColumns } from '../tables/node-columns.ts'
import { plainColumns } from '../tables/plain-columns.ts'
import { podColumns } from '../tables/pod-columns.ts'
import { eventsView } from './events-view.ts'
import type { ResourceType, Subresource, Verb } from './resource-type.ts'
import {
  eventFields,
  jobFields,
  namespaceFields,
  nodeFields,
  podFields,
  regardingFields,
  secretFields,
} from './selectable-fields.ts'
import { cronJobStrategy, jobStrategy } from './strategies/batch.ts'
import {
  controllerRevisionStrategy,
  namespaceStrategy,
  nodeStrategy,
  priorityClassStrategy,
} from './strategies/cluster.ts'
import { daemonSetStrategy } from './strategies/daemon-set.ts'
import { configMapStrategy, secretStrategy } from './strategies/data.ts'
import { limitRangeStrategy, quotaStrategy, runtimeClassStrategy } from './strategies/limits.ts'
import { pathSegmentErrors, plainStrategy } from './strategies/plain.ts'
import { podStrategy } from './strategies/pod.ts'
import { budgetStrategy } from './strategies/policy.ts'
import { roleBindingStrategy, roleStrategy } from './strategies/rbac.ts'

const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

const status = (kind: string): Subresource => ({
  name: 'status',
  kind,
  verbs: ['get', 'patch', 'update'],
})

const row = (
  group: string,
  namespaced: boolean,
  kind: string,
  of: Partial<ResourceType> = {},
): ResourceType => ({
  group,
  version: 'v1',
  kind,
  namespaced,
  singular: kind.toLowerCase(),
  plural: pluralOf(kind),
  verbs: allVerbs,
  subresources: [],
  fields: {},
  columns: plainColumns[kind] ?? [nameColumn, ageColumn],
  strategy: plainStrategy(),
  ...of,
})

const core = (namespaced: boolean, kind: string, of: Partial<ResourceType>) => row('', namespaced, kind, of)
const rbac = (namespaced: boolean, kind: string, of: Partial<ResourceType>) =>
  row('rbac.authorization.k8s.io', namespaced, kind, of)

const podSubresources: readonly Subresource[] = [
  { name: 'binding', kind: 'Binding', verbs: ['create'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  status('Pod'),
]

const eventStrategy = plainStrategy({ nameErrors: pathSegmentErrors })

/**
 * The one table: every resource that the sandbox serves, by group as discovery lists them. A further kind is a further
 * row. Those without a strategy of their own are kept for the manifests that come with DaemonSets, and do nothing.
 */
export const resourceTypes: readonly ResourceType[] = [
  core(true, 'ConfigMap', { shortNames: ['cm'], strategy: configMapStrategy }),
  core(true, 'Event', {
    shortNames: ['ev'],
    columns: eventColumns,
    fields: eventFields,
    strategy: eventStrategy,
  }),
  core(true, 'LimitRange', {
    shortNames: ['limits'],
    strategy: limitRangeStrategy,
  }),
  core(false, 'Namespace', {
    shortNames: ['ns'],
    verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
    subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, status('Namespace')],
    fields: namespaceFields,
    strategy: namespaceStrategy,
  }),
  core(false, 'Node', {
    shortNames: ['no'],
    columns: nodeColumns,
    subresources: [status('Node')],
    fields: nodeFields,
    strategy: nodeStrategy,
  }),
  core(true, 'Pod', {
    shortNames: ['po'],
    categories: ['all'],
    columns: podColumns,
    subresources: podSubresources,
    fields: podFields,
    strategy: podStrategy,
    returnsDeleted: true,
  }),
  core(true, 'ResourceQuota', {
    shortNames: ['quota'],
    subresources: [status('ResourceQuota')],
    strategy: quotaStrategy,
    returnsDeleted: true,
  }),
  core(true, 'Secret', { fields: secretFields, strategy: secretStrategy }),
  core(true, 'ServiceAccount', { shortNames: ['sa'], returnsDeleted: true }),
  core(true, 'Service', { shortNames: ['svc'], categories: ['all'] }),
  row('apps', true, 'ControllerRevision', {
    strategy: controllerRevisionStrategy,
    exactBytes: true,
  }),
  row('apps', true, 'DaemonSet', {
    shortNames: ['ds'],
    categories: ['all'],
    columns: daemonSetColumns,
    // It is a field of the internal type, which is what these views are made from.
    hiddenAnnotations: [templateGenerationAnnotation],
    subresources: [status('DaemonSet')],
    strategy: daemonSetStrategy,
  }),
  row('batch', true, 'CronJob', {
    shortNames: ['cj'],
    categories: ['all'],
    columns: cronJobColumns,
    subresources: [status('CronJob')],
    strategy: cronJobStrategy,
  }),
  row('batch', true, 'Job', {
    categories: ['all'],
    columns: jobColumns,
    subresources: [status('Job')],
    fields: jobFields,
    strategy: jobStrategy,
    orphansByDefault: true,
  }),
  row('events.k8s.io', true, 'Event', {
    shortNames: ['ev'],
    columns: eventColumns,
    fields: regardingFields,
    view: eventsView,
    strategy: eventStrategy,
  }),
  row('node.k8s.io', false, 'RuntimeClass', { strategy: runtimeClassStrategy }),
  rbac(false, 'ClusterRoleBinding', { strategy: roleBindingStrategy }),
  rbac(false, 'ClusterRole', { strategy: roleStrategy }),
  rbac(true, 'RoleBinding', { strategy: roleBindingStrategy }),
  rbac(true, 'Role', { strategy: roleStrategy }),
  row('policy', true, 'PodDisruptionBudget', {
    shortNames: ['pdb'],
    subresources: [status('PodDisruptionBudget')],
    strategy: budgetStrategy,
  }),
  row('scheduling.k8s.io', false, 'PriorityClass', {
    shortNames: ['pc'],
    strategy: priorityClassStrategy,
  }),
  row('coordination.k8s.io', true, 'Lease'),
  row('authentication.k8s.io', false, 'SelfSubjectReview', { verbs: ['create'] }),
  row('authorization.k8s.io', false, 'SelfSubjectAccessReview', { verbs: ['create'] }),
  row('authorization.k8s.io', false, 'SelfSubjectRulesReview', { verbs: ['create'] }),
]

/** The row of a resource by its place in a path, and undefined if it isn't served. */
export function resourceTypeOf(group: string, version: string, plural: string): ResourceType | undefined {
  return resourceTypes.find(
    (type) => type.group === group && type.version === version && type.plural === plural,
  )
}

function rowOf(group: string, plural: string): ResourceType {
  const found = resourceTypes.find((type) => type.group === group && type.plural === plural)
  if (!found) throw new Error(`no resource ${plural} in group '${group}'`)
  return found
}

/** The rows that the sandbox's own loops write to. */
export const types = {
  pods: rowOf('', 'pods'),
  nodes: rowOf('', 'nodes'),
  namespaces: rowOf('', 'namespaces'),
  events: rowOf('', 'events'),
  serviceAccounts: rowOf('', 'serviceaccounts'),
  limitRanges: rowOf('', 'limitranges'),
  resourceQuotas: rowOf('', 'resourcequotas'),
  runtimeClasses: rowOf('node.k8s.io', 'runtimeclasses'),
  daemonSets: rowOf('apps', 'daemonsets'),
  controllerRevisions: rowOf('apps', 'controllerrevisions'),
  jobs: rowOf('batch', 'jobs'),
  cronJobs: rowOf('batch', 'cronjobs'),
  configMaps: rowOf('', 'configmaps'),
  secrets: rowOf('', 'secrets'),
  roles: rowOf('rbac.authorization.k8s.io', 'roles'),
  clusterRoles: rowOf('rbac.authorization.k8s.io', 'clusterroles'),
  roleBindings: rowOf('rbac.authorization.k8s.io', 'rolebindings'),
  clusterRoleBindings: rowOf('rbac.authorization.k8s.io', 'clusterrolebindings'),
  leases: rowOf('coordination.k8s.io', 'leases'),
  podDisruptionBudgets: rowOf('policy', 'poddisruptionbudgets'),
  priorityClasses: rowOf('scheduling.k8s.io', 'priorityclasses'),
} as const
