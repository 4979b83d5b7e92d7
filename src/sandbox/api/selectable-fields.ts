import { type StoredObject, valueAt } from '../store/objects.ts'

/** The fields that a field selector may ask for, by name: what every object has is not among them. */
export type SelectableFields = Readonly<Record<string, (object: StoredObject) => string>>

function at(path: string, absent = ''): SelectableFields[string] {
  const value = valueAt(path)
  return (object) => String(value(object) || absent)
}

/** Fields that are called by their paths. */
const fieldsAt = (...paths: readonly string[]): SelectableFields =>
  Object.fromEntries(paths.map((path) => [path, at(path)]))

export const namespaceFields = fieldsAt('status.phase')
export const nodeFields: SelectableFields = { 'spec.unschedulable': at('spec.unschedulable', 'false') }
export const secretFields = fieldsAt('type')
export const jobFields: SelectableFields = { 'status.successful': at('status.succeeded', '0') }

export const podFields: SelectableFields = {
  ...fieldsAt('spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'),
  'spec.hostNetwork': at('spec.hostNetwork', 'false'),
  ...fieldsAt('status.phase', 'status.podIP', 'status.nominatedNodeName'),
}

const about = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
const component = at('source.component')
const reporter = at('reportingComponent')

export const eventFields: SelectableFields = {
  ...fieldsAt(...about.map((field) => `involvedObject.${field}`), 'reason', 'reportingComponent', 'type'),
  source: (object) => component(object) || reporter(object),
}

/** {@link eventFields} as `events.k8s.io` names them. */
export const regardingFields: SelectableFields = Object.fromEntries(
  Object.entries(eventFields).map(([name, of]) => [
    name.replace('involvedObject.', 'regarding.').replace('reportingComponent', 'reportingController'),
    of,
  ]),
)
