/** Columns of the kinds whose tables show fields as they are stored; those of the others are worked out from a state. */
import { controllerOf, ownerText } from '#kube/owners.ts'
import { type StoredObject, valueAt } from '../store/objects.ts'
import {
  ageColumn,
  type Column,
  column,
  createdAtColumn,
  labelsAt,
  nameColumn,
  numberAt,
  numberColumn,
  textAt,
  wide,
} from './columns.ts'

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

const subjectsOf = valueAt<readonly Subject[]>('subjects')

const subjects = (kind: string) => (binding: StoredObject) =>
  (subjectsOf(binding) ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ')

interface ServicePort {
  readonly port?: number
  readonly nodePort?: number
  readonly protocol?: string
}

const portsOf = valueAt<readonly ServicePort[]>('spec.ports')

const portsText = (service: StoredObject) =>
  (portsOf(service) ?? [])
    .map(({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>'

type Amounts = Readonly<Record<string, unknown>>
const hardOf = valueAt<Amounts>('status.hard')
const usedOf = valueAt<Amounts>('status.used')

/** `pods: 1/2, requests.cpu: 0/1`: what counts as a request, or what counts as a limit. */
const quotaText = (limits: boolean) => (quota: StoredObject) =>
  Object.entries(hardOf(quota) ?? {})
    .filter(([name]) => name.startsWith('limits.') === limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${usedOf(quota)?.[name] ?? 0}/${hard}`)
    .join(', ')

/** How many entries stand at these paths. */
const sizeAt = (...paths: readonly string[]) => {
  const values = paths.map((path) => valueAt<object>(path))
  return (object: StoredObject) =>
    values.reduce((sum, value) => sum + Object.keys(value(object) ?? {}).length, 0)
}

/** A limit may be 0. */
const limitAt = (path: string) => {
  const limit = valueAt(path)
  return (budget: StoredObject) => String(limit(budget) ?? 'N/A')
}

const roleKind = textAt('roleRef.kind')
const roleName = textAt('roleRef.name')
const isDefault = valueAt('globalDefault')

const roleBindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', (object, now) => `${roleKind(object, now)}/${roleName(object, now)}`),
  ageColumn,
  ...wide(
    column('Users', subjects('User')),
    column('Groups', subjects('Group')),
    column('ServiceAccounts', subjects('ServiceAccount')),
  ),
]

/** The columns of each kind, by its name. */
export const plainColumns: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [nameColumn, column('Status', textAt('status.phase'), 'The status of the namespace'), ageColumn],
  ControllerRevision: [
    nameColumn,
    column('Controller', (object) => ownerText(controllerOf(object)), 'Controller of the object'),
    column(
      'Revision',
      numberAt('revision'),
      'Revision indicates the revision of the state represented by Data.',
    ),
    ageColumn,
  ],
  PriorityClass: [
    nameColumn,
    numberColumn('Value', numberAt('value')),
    column('Global-Default', (object) => isDefault(object) === true, '', 'boolean'),
    ageColumn,
    column('PreemptionPolicy', textAt('preemptionPolicy')),
  ],
  ResourceQuota: [
    nameColumn,
    column('Request', quotaText(false)),
    column('Limit', quotaText(true)),
    ageColumn,
  ],
  RuntimeClass: [nameColumn, column('Handler', textAt('handler')), ageColumn],
  PodDisruptionBudget: [
    nameColumn,
    column('Min Available', limitAt('spec.minAvailable')),
    column('Max Unavailable', limitAt('spec.maxUnavailable')),
    numberColumn('Allowed Disruptions', numberAt('status.disruptionsAllowed')),
    ageColumn,
  ],
  ConfigMap: [nameColumn, column('Data', sizeAt('data', 'binaryData')), ageColumn],
  Secret: [nameColumn, column('Type', textAt('type')), column('Data', sizeAt('data')), ageColumn],
  ServiceAccount: [nameColumn, column('Secrets', sizeAt('secrets')), ageColumn],
  Service: [
    nameColumn,
    column('Type', textAt('spec.type')),
    column('Cluster-IP', textAt('spec.clusterIP', '<none>')),
    column('External-IP', () => '<none>'),
    column('Port(s)', portsText),
    ageColumn,
    ...wide(column('Selector', labelsAt('spec.selector'))),
  ],
  Lease: [nameColumn, column('Holder', textAt('spec.holderIdentity')), ageColumn],
  LimitRange: [nameColumn, createdAtColumn],
  Role: [nameColumn, createdAtColumn],
  ClusterRole: [nameColumn, createdAtColumn],
  RoleBinding: roleBindingColumns,
  ClusterRoleBinding: roleBindingColumns,
}
