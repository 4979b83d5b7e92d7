/** Columns of the kinds whose tables show fields as they are stored; those of the others are worked out from a state. */
import type { ControllerRevision, OwnerReference, PodDisruptionBudget, PriorityClass } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import {
  ageColumn,
  type Column,
  column,
  createdAtColumn,
  labelsText,
  nameColumn,
  numberColumn,
  wide,
} from './columns.ts'

type Fields = Readonly<Record<string, unknown>>
const at = (object: StoredObject, ...path: string[]): unknown =>
  path.reduce<unknown>((value, field) => (value as Fields | null | undefined)?.[field], object)
const text = (object: StoredObject, ...path: string[]) => String(at(object, ...path) ?? '')
const sizeOf = (value: unknown) => (value ? Object.keys(value as object).length : 0)

function controllerText(object: StoredObject): string {
  const owner = (object.metadata.ownerReferences ?? []).find((reference) => reference.controller)
  return owner ? ownerText(owner) : '<none>'
}

/** `daemonset.apps/web`. */
function ownerText({ apiVersion, kind, name }: OwnerReference): string {
  const group = apiVersion?.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  return `${(kind ?? '').toLowerCase()}${group}/${name ?? ''}`
}

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

const subjects = (kind: string) => (object: StoredObject) =>
  ((at(object, 'subjects') as readonly Subject[] | undefined) ?? [])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ')

interface ServicePort {
  readonly port?: number
  readonly nodePort?: number
  readonly protocol?: string
}

const portsText = (object: StoredObject) =>
  ((at(object, 'spec', 'ports') as readonly ServicePort[] | undefined) ?? [])
    .map(({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>'

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column('Status', 'The status of the namespace', (object) => text(object, 'status', 'phase')),
  ageColumn,
]

export const controllerRevisionColumns: readonly Column[] = [
  nameColumn,
  column('Controller', 'Controller of the object', controllerText),
  column(
    'Revision',
    'Revision indicates the revision of the state represented by Data.',
    (object) => (object as ControllerRevision).revision ?? 0,
  ),
  ageColumn,
]

export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  numberColumn(
    'Value',
    'The integer value of the priority class.',
    (object) => (object as PriorityClass).value ?? 0,
  ),
  {
    ...column(
      'Global-Default',
      'Whether this priority is for pods that name none.',
      (object) => (object as PriorityClass).globalDefault ?? false,
    ),
    type: 'boolean',
  },
  ageColumn,
  column(
    'PreemptionPolicy',
    'Whether pods of this class push out others.',
    (object) => (object as PriorityClass).preemptionPolicy ?? '',
  ),
]

/** `pods: 1/2, requests.cpu: 0/1`: what counts as a request, or what counts as a limit. */
const quotaText = (limits: boolean) => (quota: StoredObject) => {
  const used = at(quota, 'status', 'used') as Fields | undefined
  return Object.entries((at(quota, 'status', 'hard') ?? {}) as Fields)
    .filter(([name]) => name.startsWith('limits.') === limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${used?.[name] ?? 0}/${hard}`)
    .join(', ')
}

export const quotaColumns: readonly Column[] = [
  nameColumn,
  column('Request', 'What is counted, and how much of it may be requested.', quotaText(false)),
  column('Limit', 'The limits that are counted, and how high they may be.', quotaText(true)),
  ageColumn,
]

export const runtimeClassColumns: readonly Column[] = [
  nameColumn,
  column('Handler', 'The configuration of the container runtime that runs such pods.', (object) =>
    text(object, 'handler'),
  ),
  ageColumn,
]

const limitOf = (object: StoredObject, field: 'minAvailable' | 'maxUnavailable') =>
  String((object as PodDisruptionBudget).spec?.[field] ?? 'N/A')

export const budgetColumns: readonly Column[] = [
  nameColumn,
  column('Min Available', 'The minimum number of pods that must be available.', (object) =>
    limitOf(object, 'minAvailable'),
  ),
  column('Max Unavailable', 'The maximum number of pods that may be unavailable.', (object) =>
    limitOf(object, 'maxUnavailable'),
  ),
  numberColumn(
    'Allowed Disruptions',
    'Calculated number of pods that may be disrupted at this time.',
    (object) => (object as PodDisruptionBudget).status?.disruptionsAllowed ?? 0,
  ),
  ageColumn,
]

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column(
    'Data',
    'The number of entries.',
    (object) => sizeOf(at(object, 'data')) + sizeOf(at(object, 'binaryData')),
  ),
  ageColumn,
]

export const secretColumns: readonly Column[] = [
  nameColumn,
  column('Type', 'Used to facilitate programmatic handling of secret data.', (object) =>
    text(object, 'type'),
  ),
  column('Data', 'The number of entries.', (object) => sizeOf(at(object, 'data'))),
  ageColumn,
]

export const serviceAccountColumns: readonly Column[] = [
  nameColumn,
  column('Secrets', 'The number of secrets that pods of this account may use.', (object) =>
    sizeOf(at(object, 'secrets')),
  ),
  ageColumn,
]

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', 'How the service is exposed.', (object) => text(object, 'spec', 'type')),
  column(
    'Cluster-IP',
    'The address of the service.',
    (object) => text(object, 'spec', 'clusterIP') || '<none>',
  ),
  column('External-IP', 'Addresses outside of the cluster.', () => '<none>'),
  column('Port(s)', 'The ports that are exposed by this service.', portsText),
  ageColumn,
  wide(
    column('Selector', 'The pods that the service leads to.', (object) =>
      labelsText(at(object, 'spec', 'selector') as Record<string, string> | undefined),
    ),
  ),
]

export const leaseColumns: readonly Column[] = [
  nameColumn,
  column('Holder', 'Who holds the lease.', (object) => text(object, 'spec', 'holderIdentity')),
  ageColumn,
]

export const roleColumns: readonly Column[] = [nameColumn, createdAtColumn]

export const roleBindingColumns: readonly Column[] = [
  nameColumn,
  column(
    'Role',
    'The role that is bound.',
    (object) => `${text(object, 'roleRef', 'kind')}/${text(object, 'roleRef', 'name')}`,
  ),
  ageColumn,
  wide(column('Users', 'Users in the binding.', subjects('User'))),
  wide(column('Groups', 'Groups in the binding.', subjects('Group'))),
  wide(column('ServiceAccounts', 'Service accounts in the binding.', subjects('ServiceAccount'))),
]
