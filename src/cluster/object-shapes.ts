import type { JsonObject } from '#base/json.ts'
import { checkShape, fieldsOf, type Shape, strings } from '#kube/go-shape.ts'

/*
 * The types of the fields that kds reads of objects, as k8s.io/api has them. A server may send anything: what Go could not
 * decode is refused with its place, so that no code behind has to doubt what it reads.
 */

const struct = (name: string, fields: Readonly<Record<string, Shape>>): Shape => ({ struct: name, fields })
const listOf = (item: Shape): Shape => ({ list: item })
const labels: Shape = { map: 'string', go: 'string' }
const quantities: Shape = { map: 'quantity', go: 'resource.Quantity' }

const meta = struct('ObjectMeta', {
  ...fieldsOf('name generateName namespace uid resourceVersion creationTimestamp deletionTimestamp'),
  generation: 'int',
  labels,
  annotations: labels,
  finalizers: strings,
  ownerReferences: listOf(
    struct('OwnerReference', { ...fieldsOf('apiVersion kind name uid'), controller: 'bool' }),
  ),
  managedFields: listOf(struct('ManagedFieldsEntry', { ...fieldsOf('manager operation apiVersion time') })),
})

const requirements = listOf(
  struct('NodeSelectorRequirement', { ...fieldsOf('key operator'), values: strings }),
)
const nodeTerm = struct('NodeSelectorTerm', { matchExpressions: requirements, matchFields: requirements })
const selector = struct('LabelSelector', {
  matchLabels: labels,
  matchExpressions: listOf(
    struct('LabelSelectorRequirement', { ...fieldsOf('key operator'), values: strings }),
  ),
})
const podTerm = struct('PodAffinityTerm', {
  topologyKey: 'string',
  labelSelector: selector,
  namespaceSelector: selector,
  namespaces: strings,
  matchLabelKeys: strings,
  mismatchLabelKeys: strings,
})
const podTerms = struct('PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(
    struct('WeightedPodAffinityTerm', { weight: 'int', podAffinityTerm: podTerm }),
  ),
})
const affinity = struct('Affinity', {
  nodeAffinity: struct('NodeAffinity', {
    requiredDuringSchedulingIgnoredDuringExecution: struct('NodeSelector', {
      nodeSelectorTerms: listOf(nodeTerm),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      struct('PreferredSchedulingTerm', { weight: 'int', preference: nodeTerm }),
    ),
  }),
  podAffinity: podTerms,
  podAntiAffinity: podTerms,
})
const resources = struct('ResourceRequirements', { requests: quantities, limits: quantities })
const container = struct('Container', {
  ...fieldsOf('name image imagePullPolicy restartPolicy workingDir'),
  command: strings,
  args: strings,
  ports: listOf(
    struct('ContainerPort', {
      ...fieldsOf('name protocol hostIP'),
      ...fieldsOf('containerPort hostPort', 'int'),
    }),
  ),
  env: listOf(struct('EnvVar', { ...fieldsOf('name value'), valueFrom: struct('EnvVarSource', {}) })),
  envFrom: listOf(struct('EnvFromSource', { prefix: 'string' })),
  resources,
  volumeMounts: listOf(struct('VolumeMount', { ...fieldsOf('name mountPath subPath'), readOnly: 'bool' })),
})
const podSpec = struct('PodSpec', {
  ...fieldsOf('nodeName priorityClassName schedulerName serviceAccountName restartPolicy runtimeClassName'),
  ...fieldsOf('hostNetwork hostPID hostIPC', 'bool'),
  ...fieldsOf('priority terminationGracePeriodSeconds', 'int'),
  nodeSelector: labels,
  affinity,
  tolerations: listOf(
    struct('Toleration', { ...fieldsOf('key operator value effect'), tolerationSeconds: 'int' }),
  ),
  containers: listOf(container),
  initContainers: listOf(container),
  overhead: quantities,
  resources,
  schedulingGates: listOf(struct('PodSchedulingGate', { name: 'string' })),
  resourceClaims: listOf(struct('PodResourceClaim', { name: 'string' })),
  volumes: listOf(
    struct('Volume', {
      name: 'string',
      persistentVolumeClaim: struct('PersistentVolumeClaimVolumeSource', fieldsOf('claimName')),
      ephemeral: struct('EphemeralVolumeSource', {
        volumeClaimTemplate: struct('PersistentVolumeClaimTemplate', {
          spec: struct('PersistentVolumeClaimSpec', fieldsOf('storageClassName')),
        }),
      }),
      gcePersistentDisk: struct('GCEPersistentDiskVolumeSource', { pdName: 'string', readOnly: 'bool' }),
      awsElasticBlockStore: struct('AWSElasticBlockStoreVolumeSource', fieldsOf('volumeID')),
      iscsi: struct('ISCSIVolumeSource', { iqn: 'string', readOnly: 'bool' }),
      rbd: struct('RBDVolumeSource', { ...fieldsOf('pool image'), monitors: strings, readOnly: 'bool' }),
    }),
  ),
  imagePullSecrets: listOf(struct('LocalObjectReference', { name: 'string' })),
  topologySpreadConstraints: listOf(
    struct('TopologySpreadConstraint', {
      ...fieldsOf('topologyKey whenUnsatisfiable nodeAffinityPolicy nodeTaintsPolicy'),
      ...fieldsOf('maxSkew minDomains', 'int'),
      matchLabelKeys: strings,
      labelSelector: selector,
    }),
  ),
})
const template = struct('PodTemplateSpec', { metadata: meta, spec: podSpec })
const condition = struct('Condition', {
  ...fieldsOf('type status reason message lastTransitionTime lastHeartbeatTime'),
})
const state = struct('ContainerState', {
  waiting: struct('ContainerStateWaiting', fieldsOf('reason message')),
  running: struct('ContainerStateRunning', fieldsOf('startedAt')),
  terminated: struct('ContainerStateTerminated', {
    ...fieldsOf('reason message startedAt finishedAt'),
    exitCode: 'int',
  }),
})
const containerStatuses = listOf(
  struct('ContainerStatus', {
    ...fieldsOf('name image'),
    ...fieldsOf('ready started', 'bool'),
    restartCount: 'int',
    state,
    lastState: state,
    allocatedResources: quantities,
    resources,
  }),
)

const kinds: Readonly<Record<string, Shape>> = {
  DaemonSet: struct('DaemonSet', {
    metadata: meta,
    spec: struct('DaemonSetSpec', {
      selector,
      template,
      ...fieldsOf('revisionHistoryLimit minReadySeconds', 'int'),
      updateStrategy: struct('DaemonSetUpdateStrategy', {
        type: 'string',
        rollingUpdate: struct('RollingUpdateDaemonSet', fieldsOf('maxUnavailable maxSurge', 'int-or-string')),
      }),
    }),
    status: struct('DaemonSetStatus', {
      ...fieldsOf(
        'currentNumberScheduled desiredNumberScheduled numberAvailable numberMisscheduled numberReady numberUnavailable updatedNumberScheduled observedGeneration collisionCount',
        'int',
      ),
      conditions: listOf(condition),
    }),
  }),
  ControllerRevision: struct('ControllerRevision', {
    metadata: meta,
    revision: 'int',
    data: struct('DaemonSet', { spec: struct('DaemonSetSpec', { template }) }),
  }),
  Pod: struct('Pod', {
    metadata: meta,
    spec: podSpec,
    status: struct('PodStatus', {
      ...fieldsOf('phase reason message startTime nominatedNodeName'),
      conditions: listOf(condition),
      containerStatuses,
      initContainerStatuses: containerStatuses,
      allocatedResources: quantities,
      resources,
    }),
  }),
  Node: struct('Node', {
    metadata: meta,
    spec: struct('NodeSpec', {
      unschedulable: 'bool',
      taints: listOf(struct('Taint', fieldsOf('key value effect timeAdded'))),
    }),
    status: struct('NodeStatus', {
      conditions: listOf(condition),
      capacity: quantities,
      allocatable: quantities,
    }),
  }),
  Namespace: struct('Namespace', { metadata: meta }),
  PersistentVolumeClaim: struct('PersistentVolumeClaim', {
    metadata: meta,
    spec: struct('PersistentVolumeClaimSpec', {
      ...fieldsOf('volumeName storageClassName volumeMode'),
      accessModes: strings,
      selector,
      resources: struct('VolumeResourceRequirements', { requests: quantities }),
    }),
    status: struct('PersistentVolumeClaimStatus', fieldsOf('phase')),
  }),
  PersistentVolume: struct('PersistentVolume', {
    metadata: meta,
    spec: struct('PersistentVolumeSpec', {
      ...fieldsOf('storageClassName volumeMode'),
      accessModes: strings,
      capacity: quantities,
      claimRef: struct('ObjectReference', fieldsOf('namespace name')),
      csi: struct('CSIPersistentVolumeSource', fieldsOf('driver volumeHandle')),
      nodeAffinity: struct('VolumeNodeAffinity', {
        required: struct('NodeSelector', { nodeSelectorTerms: listOf(nodeTerm) }),
      }),
    }),
    status: struct('PersistentVolumeStatus', fieldsOf('phase')),
  }),
  StorageClass: struct('StorageClass', {
    metadata: meta,
    ...fieldsOf('provisioner volumeBindingMode'),
    allowedTopologies: listOf(
      struct('TopologySelectorTerm', {
        matchLabelExpressions: listOf(
          struct('TopologySelectorLabelRequirement', { key: 'string', values: strings }),
        ),
      }),
    ),
  }),
  CSINode: struct('CSINode', {
    metadata: meta,
    spec: struct('CSINodeSpec', {
      drivers: listOf(
        struct('CSINodeDriver', {
          name: 'string',
          allocatable: struct('VolumeNodeResources', { count: 'int' }),
        }),
      ),
    }),
  }),
  PodDisruptionBudget: struct('PodDisruptionBudget', {
    metadata: meta,
    spec: struct('PodDisruptionBudgetSpec', { selector }),
    status: struct('PodDisruptionBudgetStatus', {
      disruptionsAllowed: 'int',
      disruptedPods: { map: 'string', go: 'v1.Time' },
    }),
  }),
  PriorityClass: struct('PriorityClass', {
    metadata: meta,
    value: 'int',
    globalDefault: 'bool',
    preemptionPolicy: 'string',
  }),
}

/** Refuses an object whose fields are not of the types that they have in Kubernetes. @throws Error in Go's words */
export function checkObject(kind: string, object: JsonObject): void {
  const shape = kinds[kind]
  if (shape) checkShape(object, shape)
}
