/**
 * The protobuf messages of the bodies that some of kubectl's commands send (`create namespace`, `auth can-i`, `drain` …),
 * which know no other form: fields by their numbers in the `generated.proto` files of `k8s.io/api` and
 * `k8s.io/apimachinery`. Numbers that are missing here are passed over.
 */
export interface Message {
  readonly [number: number]: Field
}

/** What a field, an element of its list or a value of its map is. Keys of maps are strings. */
export type FieldType = 'string' | 'bool' | 'integer' | 'bytes' | 'time' | Message

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly shape: 'single' | 'list' | 'map'
}

const single = (name: string, type: FieldType = 'string'): Field => ({ name, type, shape: 'single' })
const list = (name: string, type: FieldType = 'string'): Field => ({ name, type, shape: 'list' })
const map = (name: string, type: FieldType = 'string'): Field => ({ name, type, shape: 'map' })

const ownerReference: Message = {
  1: single('kind'),
  3: single('name'),
  4: single('uid'),
  5: single('apiVersion'),
  6: single('controller', 'bool'),
  7: single('blockOwnerDeletion', 'bool'),
}

const metadata = single('metadata', {
  1: single('name'),
  2: single('generateName'),
  3: single('namespace'),
  5: single('uid'),
  6: single('resourceVersion'),
  7: single('generation', 'integer'),
  8: single('creationTimestamp', 'time'),
  11: map('labels'),
  12: map('annotations'),
  13: list('ownerReferences', ownerReference),
  14: list('finalizers'),
})

const objectReference: Message = {
  1: single('kind'),
  2: single('namespace'),
  3: single('name'),
  4: single('uid'),
  5: single('apiVersion'),
}

const deleteOptions: Message = {
  1: single('gracePeriodSeconds', 'integer'),
  2: single('preconditions', { 1: single('uid'), 2: single('resourceVersion') }),
  3: single('orphanDependents', 'bool'),
  4: single('propagationPolicy'),
  5: list('dryRun'),
}

const resourceAttributes: Message = {
  1: single('namespace'),
  2: single('verb'),
  3: single('group'),
  4: single('version'),
  5: single('resource'),
  6: single('subresource'),
  7: single('name'),
}

const policyRule: Message = {
  1: list('verbs'),
  2: list('apiGroups'),
  3: list('resources'),
  4: list('resourceNames'),
  5: list('nonResourceURLs'),
}

const subject: Message = {
  1: single('kind'),
  2: single('apiGroup'),
  3: single('name'),
  4: single('namespace'),
}
const roleRef: Message = { 1: single('apiGroup'), 2: single('kind'), 3: single('name') }
const role: Message = { 1: metadata, 2: list('rules', policyRule) }
const roleBinding: Message = { 1: metadata, 2: list('subjects', subject), 3: single('roleRef', roleRef) }

const container: Message = {
  1: single('name'),
  2: single('image'),
  3: list('command'),
  4: list('args'),
  5: single('workingDir'),
  13: single('terminationMessagePath'),
  14: single('imagePullPolicy'),
  20: single('terminationMessagePolicy'),
}

const jobSpec = single('spec', {
  1: single('parallelism', 'integer'),
  2: single('completions', 'integer'),
  3: single('activeDeadlineSeconds', 'integer'),
  6: single('template', {
    1: metadata,
    2: single('spec', {
      2: list('containers', container),
      3: single('restartPolicy'),
      4: single('terminationGracePeriodSeconds', 'integer'),
      6: single('dnsPolicy'),
      7: map('nodeSelector'),
      8: single('serviceAccountName'),
      19: single('schedulerName'),
      20: list('initContainers', container),
    }),
  }),
  7: single('backoffLimit', 'integer'),
  8: single('ttlSecondsAfterFinished', 'integer'),
  9: single('completionMode'),
  10: single('suspend', 'bool'),
})

/** Kinds whose bodies can be read. */
export const bodyMessages: Readonly<Record<string, Message>> = {
  Namespace: { 1: metadata, 2: single('spec', { 1: list('finalizers') }) },
  PriorityClass: {
    1: metadata,
    2: single('value', 'integer'),
    3: single('globalDefault', 'bool'),
    4: single('description'),
    5: single('preemptionPolicy'),
  },
  ConfigMap: { 1: metadata, 2: map('data'), 3: map('binaryData', 'bytes'), 4: single('immutable', 'bool') },
  Secret: {
    1: metadata,
    2: map('data', 'bytes'),
    3: single('type'),
    4: map('stringData'),
    5: single('immutable', 'bool'),
  },
  ServiceAccount: {
    1: metadata,
    2: list('secrets', objectReference),
    4: single('automountServiceAccountToken', 'bool'),
  },
  Binding: { 1: metadata, 2: single('target', objectReference) },
  Eviction: { 1: metadata, 2: single('deleteOptions', deleteOptions) },
  DeleteOptions: deleteOptions,
  SelfSubjectAccessReview: {
    1: metadata,
    2: single('spec', {
      1: single('resourceAttributes', resourceAttributes),
      2: single('nonResourceAttributes', { 1: single('path'), 2: single('verb') }),
    }),
  },
  SelfSubjectRulesReview: { 1: metadata, 2: single('spec', { 1: single('namespace') }) },
  SelfSubjectReview: { 1: metadata },
  Job: { 1: metadata, 2: jobSpec },
  CronJob: {
    1: metadata,
    2: single('spec', {
      1: single('schedule'),
      2: single('startingDeadlineSeconds', 'integer'),
      3: single('concurrencyPolicy'),
      4: single('suspend', 'bool'),
      5: single('jobTemplate', { 1: metadata, 2: jobSpec }),
      6: single('successfulJobsHistoryLimit', 'integer'),
      7: single('failedJobsHistoryLimit', 'integer'),
      8: single('timeZone'),
    }),
  },
  Role: role,
  ClusterRole: role,
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
}

/** `runtime.Unknown`, in which every body comes. */
export const envelope: Message = {
  1: single('typeMeta', { 1: single('apiVersion'), 2: single('kind') }),
  2: single('raw', 'bytes'),
}

/** `meta/v1` Time. */
export const time: Message = { 1: single('seconds', 'integer') }
