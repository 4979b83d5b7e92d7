import type { Node, Pod } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import type { EventFields } from '../tables/event-columns.ts'

/** The fields that a field selector may ask for, by name: what every object has is not among them. */
export type SelectableFields = Readonly<Record<string, (object: StoredObject) => string>>

function field(object: StoredObject, part: string, name: string): string {
  const value = (object[part] as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

export const namespaceFields: SelectableFields = {
  'status.phase': (object) => field(object, 'status', 'phase'),
}

export const nodeFields: SelectableFields = {
  'spec.unschedulable': (object) => String((object as Node).spec?.unschedulable ?? false),
}

export const secretFields: SelectableFields = { type: (object) => String(object.type ?? '') }

export const jobFields: SelectableFields = {
  'status.successful': ({ status }) =>
    String((status as { readonly succeeded?: number } | undefined)?.succeeded ?? 0),
}

export const podFields: SelectableFields = {
  'spec.nodeName': (object) => (object as Pod).spec?.nodeName ?? '',
  'spec.restartPolicy': (object) => (object as Pod).spec?.restartPolicy ?? '',
  'spec.schedulerName': (object) => field(object, 'spec', 'schedulerName'),
  'spec.serviceAccountName': (object) => field(object, 'spec', 'serviceAccountName'),
  'spec.hostNetwork': (object) => String((object as Pod).spec?.hostNetwork ?? false),
  'status.phase': (object) => (object as Pod).status?.phase ?? '',
  'status.podIP': (object) => field(object, 'status', 'podIP'),
  'status.nominatedNodeName': (object) => field(object, 'status', 'nominatedNodeName'),
}

const aboutField = (name: string) => (object: StoredObject) => field(object, 'involvedObject', name)

export const eventFields: SelectableFields = {
  ...Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => [
      `involvedObject.${name}`,
      aboutField(name),
    ]),
  ),
  reason: (object) => (object as EventFields).reason ?? '',
  reportingComponent: (object) => (object as EventFields).reportingComponent ?? '',
  source: (object) =>
    (object as EventFields).source?.component || ((object as EventFields).reportingComponent ?? ''),
  type: (object) => (object as EventFields).type ?? '',
}

/** {@link eventFields} as `events.k8s.io` names them. */
export const regardingFields: SelectableFields = Object.fromEntries(
  Object.entries(eventFields).map(([name, of]) => [
    name.replace('involvedObject.', 'regarding.').replace('reportingComponent', 'reportingController'),
    of,
  ]),
)
