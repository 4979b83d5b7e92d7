import { pluralOf } from '#kube/plural.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import { cronJobColumns, jobColumns } from '../tables/batch-columns.ts'
import { ageColumn, type Column, createdAtColumn, nameColumn } from '../tables/columns.ts'
import { daemonSetColumns } from '../tables/daemon-set-columns.ts'
import { eventColumns } from '../tables/event-columns.ts'
import { nodeColumns } from '../tables/node-columns.ts'
import {
  budgetColumns,
  configMapColumns,
  controllerRevisionColumns,
  leaseColumns,
  namespaceColumns,
  priorityClassColumns,
  quotaColumns,
  roleBindingColumns,
  roleColumns,
  runtimeClassColumns,
  secretColumns,
  serviceAccountColumns,
  serviceColumns,
} from '../tables/plain-columns.ts'
import { podColumns, podWideColumns } from '../tables/pod-columns.ts'
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
  secretStrategy,
} from './strategies/cluster.ts'
import { daemonSetStrategy } from './strategies/daemon-set.ts'
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

type Row = Pick<ResourceType, 'columns'> & Partial<ResourceType>

const row = (group: string, namespaced: boolean, kind: string, of: Row): ResourceType => ({
  group,
  version: 'v1',
  kind,
  namespaced,
  singular: kind.toLowerCase(),
  plural: pluralOf(kind),
  verbs: allVerbs,
  subresources: [],
  fields: {},
  strategy: plainStrategy(),
  ...of,
})

const core = (namespaced: boolean, kind: string, of: Row) => row('', namespaced, kind, of)
const rbac = (namespaced: boolean, kind: string, of: Row) =>
  row('rbac.authorization.k8s.io', namespaced, kind, of)

const podSubresources: readonly Subresource[] = [
  { name: 'binding', kind: 'Binding', verbs: ['create'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  status('Pod'),
]

const simple: readonly Column[] = [nameColumn, ageColumn]
const eventStrategy = plainStrategy(pathSegmentErrors)

/**
 * The one table: every resource that the sandbox serves, by group as discovery lists them. A further kind is a further
 * row. Those without a strategy of their own are kept for the manifests that come with DaemonSets, and do nothing.
 */
export const resourceTypes: readonly ResourceType[] = [
  core(true, 'ConfigMap', { shortNames: ['cm'], columns: configMapColumns }),
  core(true, 'Event', {
    shortNames: ['ev'],
    columns: eventColumns,
    fields: eventFields,
    strategy: eventStrategy,
  }),
  core(true, 'LimitRange', {
    shortNames: ['limits'],
    columns: [nameColumn, createdAtColumn],
    strategy: limitRangeStrategy,
  }),
  core(false, 'Namespace', {
    shortNames: ['ns'],
    columns: namespaceColumns,
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
    columns: [nameColumn, ...podColumns, ageColumn, ...podWideColumns],
    subresources: podSubresources,
    fields: podFields,
    strategy: podStrategy,
    returnsDeleted: true,
  }),
  core(true, 'ResourceQuota', {
    shortNames: ['quota'],
    columns: quotaColumns,
    subresources: [status('ResourceQuota')],
    strategy: quotaStrategy,
    returnsDeleted: true,
  }),
  core(true, 'Secret', { columns: secretColumns, fields: secretFields, strategy: secretStrategy }),
  core(true, 'ServiceAccount', { shortNames: ['sa'], columns: serviceAccountColumns, returnsDeleted: true }),
  core(true, 'Service', { shortNames: ['svc'], categories: ['all'], columns: serviceColumns }),
  row('apps', true, 'ControllerRevision', {
    columns: controllerRevisionColumns,
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
  row('node.k8s.io', false, 'RuntimeClass', { columns: runtimeClassColumns, strategy: runtimeClassStrategy }),
  rbac(false, 'ClusterRoleBinding', { columns: roleBindingColumns, strategy: roleBindingStrategy }),
  rbac(false, 'ClusterRole', { columns: roleColumns, strategy: roleStrategy }),
  rbac(true, 'RoleBinding', { columns: roleBindingColumns, strategy: roleBindingStrategy }),
  rbac(true, 'Role', { columns: roleColumns, strategy: roleStrategy }),
  row('policy', true, 'PodDisruptionBudget', {
    shortNames: ['pdb'],
    columns: budgetColumns,
    subresources: [status('PodDisruptionBudget')],
    strategy: budgetStrategy,
  }),
  row('scheduling.k8s.io', false, 'PriorityClass', {
    shortNames: ['pc'],
    columns: priorityClassColumns,
    strategy: priorityClassStrategy,
  }),
  row('coordination.k8s.io', true, 'Lease', { columns: leaseColumns }),
  row('authentication.k8s.io', false, 'SelfSubjectReview', { columns: simple, verbs: ['create'] }),
  row('authorization.k8s.io', false, 'SelfSubjectAccessReview', { columns: simple, verbs: ['create'] }),
  row('authorization.k8s.io', false, 'SelfSubjectRulesReview', { columns: simple, verbs: ['create'] }),
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
