/**
 * Kubernetes objects as they are on the wire: raw JSON, not defaulted, where any field may be absent or null. Only the
 * fields that kds reads are named; whatever else an object holds is carried along untouched.
 */
import type { Json, JsonObject } from '#base/json.ts'

export type { Json, JsonObject }

/** A field that the wire may leave out or set to null; both mean the same to Kubernetes. */
export type Maybe<T> = T | null | undefined

/** An object on the wire, of which any field may be missing. */
export type Wire<T> = { readonly [Field in keyof T]?: Maybe<T[Field]> }

export type StringMap = Readonly<Record<string, string>>

export type OwnerReference = Wire<{
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller: boolean
  blockOwnerDeletion: boolean
}>

export type ObjectMeta = Wire<{
  name: string
  generateName: string
  namespace: string
  uid: string
  resourceVersion: string
  generation: number
  creationTimestamp: string
  deletionTimestamp: string
  deletionGracePeriodSeconds: number
  labels: StringMap
  annotations: StringMap
  ownerReferences: readonly OwnerReference[]
  finalizers: readonly string[]
}>

export type KubeObject = Wire<{ apiVersion: string; kind: string; metadata: ObjectMeta }>

type LabelSelectorRequirement = Wire<{ key: string; operator: string; values: readonly string[] }>

export type LabelSelector = Wire<{
  matchLabels: StringMap
  matchExpressions: readonly LabelSelectorRequirement[]
}>

/** A requirement of a node selector term; `operator` is one of In, NotIn, Exists, DoesNotExist, Gt, Lt. */
export type NodeSelectorRequirement = LabelSelectorRequirement

export type NodeSelectorTerm = Wire<{
  matchExpressions: readonly NodeSelectorRequirement[]
  matchFields: readonly NodeSelectorRequirement[]
}>

export type NodeSelector = Wire<{ nodeSelectorTerms: readonly Maybe<NodeSelectorTerm>[] }>

type PreferredSchedulingTerm = Wire<{ weight: number; preference: NodeSelectorTerm }>

type NodeAffinity = Wire<{
  requiredDuringSchedulingIgnoredDuringExecution: NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution: readonly PreferredSchedulingTerm[]
}>

export type PodAffinityTerm = Wire<{
  topologyKey: string
  labelSelector: LabelSelector
  namespaces: readonly string[]
  namespaceSelector: LabelSelector
  matchLabelKeys: readonly string[]
  mismatchLabelKeys: readonly string[]
}>

type PodAffinity = Wire<{ requiredDuringSchedulingIgnoredDuringExecution: readonly PodAffinityTerm[] }>

export type Affinity = Wire<{
  nodeAffinity: NodeAffinity
  podAffinity: PodAffinity
  podAntiAffinity: PodAffinity
}>

export type TopologySpreadConstraint = Wire<{
  topologyKey: string
  maxSkew: number
  minDomains: number
  whenUnsatisfiable: string
  labelSelector: LabelSelector
  nodeAffinityPolicy: string
  nodeTaintsPolicy: string
  matchLabelKeys: readonly string[]
}>

export type ClaimSpec = Wire<{
  accessModes: readonly string[]
  selector: LabelSelector
  resources: Wire<{ requests: QuantityMap }>
  volumeName: string
  storageClassName: string
  volumeMode: string
}>

/** A volume of a pod, as far as the scheduler minds it. */
export type Volume = Wire<{
  name: string
  persistentVolumeClaim: Wire<{ claimName: string }>
  ephemeral: Wire<{ volumeClaimTemplate: Wire<{ spec: ClaimSpec }> }>
  gcePersistentDisk: Wire<{ pdName: string; readOnly: boolean }>
  awsElasticBlockStore: Wire<{ volumeID: string }>
  iscsi: Wire<{ iqn: string; readOnly: boolean }>
  rbd: Wire<{ monitors: readonly string[]; pool: string; image: string; readOnly: boolean }>
}>

export type Toleration = Wire<{
  key: string
  operator: string
  value: string
  effect: string
  tolerationSeconds: number
}>

export type Taint = Wire<{ key: string; value: string; effect: string; timeAdded: string }>

export type QuantityMap = Readonly<Record<string, string | number>>

type ResourceRequirements = Wire<{ requests: QuantityMap; limits: QuantityMap }>

export type ContainerPort = Wire<{
  name: string
  containerPort: number
  hostPort: number
  hostIP: string
  protocol: string
}>

export type Container = Wire<{
  name: string
  image: string
  resources: ResourceRequirements
  ports: readonly ContainerPort[]
  /** `Always` on an init container makes it a sidecar. */
  restartPolicy: string
}>

export type PodSpec = Wire<{
  nodeName: string
  nodeSelector: StringMap
  affinity: Affinity
  tolerations: readonly Toleration[]
  hostNetwork: boolean
  containers: readonly Container[]
  initContainers: readonly Container[]
  overhead: QuantityMap
  resources: ResourceRequirements
  priority: number
  priorityClassName: string
  preemptionPolicy: string
  serviceAccountName: string
  runtimeClassName: string
  schedulerName: string
  schedulingGates: readonly Wire<{ name: string }>[]
  resourceClaims: readonly Wire<{ name: string }>[]
  topologySpreadConstraints: readonly TopologySpreadConstraint[]
  volumes: readonly Volume[]
  terminationGracePeriodSeconds: number
  restartPolicy: string
}>

export type PodTemplate = Wire<{ metadata: ObjectMeta; spec: PodSpec }>

export type IntOrString = number | string

export type DaemonSetUpdateStrategy = Wire<{
  type: string
  rollingUpdate: Wire<{ maxUnavailable: IntOrString; maxSurge: IntOrString }>
}>

export type DaemonSetStatus = Wire<{
  currentNumberScheduled: number
  numberMisscheduled: number
  desiredNumberScheduled: number
  numberReady: number
  observedGeneration: number
  updatedNumberScheduled: number
  numberAvailable: number
  numberUnavailable: number
  collisionCount: number
}>

export type DaemonSet = KubeObject &
  Wire<{
    spec: Wire<{
      selector: LabelSelector
      template: PodTemplate
      updateStrategy: DaemonSetUpdateStrategy
      minReadySeconds: number
      revisionHistoryLimit: number
    }>
    status: DaemonSetStatus
  }>

export type Condition = Wire<{
  type: string
  status: string
  reason: string
  message: string
  lastTransitionTime: string
}>

export type Node = KubeObject &
  Wire<{
    spec: Wire<{ unschedulable: boolean; taints: readonly Taint[]; providerID: string }>
    status: Wire<{ capacity: QuantityMap; allocatable: QuantityMap; conditions: readonly Condition[] }>
  }>

type ContainerStateTerminated = Wire<{ reason: string; exitCode: number; finishedAt: string }>

export type ContainerStatus = Wire<{
  name: string
  ready: boolean
  restartCount: number
  state: Wire<{
    waiting: Wire<{ reason: string; message: string }>
    running: Wire<{ startedAt: string }>
    terminated: ContainerStateTerminated
  }>
  lastState: Wire<{ terminated: ContainerStateTerminated }>
  /** Since Kubernetes 1.35 kubelets tell what they have set aside (`allocatedResources`), and what is in effect. */
  allocatedResources: QuantityMap
  resources: ResourceRequirements
}>

export type Pod = KubeObject &
  Wire<{
    spec: PodSpec
    status: Wire<{
      phase: string
      reason: string
      message: string
      startTime: string
      nominatedNodeName: string
      conditions: readonly Condition[]
      containerStatuses: readonly ContainerStatus[]
      initContainerStatuses: readonly ContainerStatus[]
      /** Of the pod as a whole. */
      allocatedResources: QuantityMap
      resources: ResourceRequirements
    }>
  }>

export type ControllerRevision = KubeObject & Wire<{ data: JsonObject; revision: number }>

export type PriorityClass = KubeObject &
  Wire<{ value: number; globalDefault: boolean; preemptionPolicy: string }>

export type Namespace = KubeObject

export type PodDisruptionBudget = KubeObject &
  Wire<{
    spec: Wire<{
      minAvailable: IntOrString
      maxUnavailable: IntOrString
      selector: LabelSelector
      unhealthyPodEvictionPolicy: string
    }>
    status: Wire<{
      observedGeneration: number
      currentHealthy: number
      desiredHealthy: number
      expectedPods: number
      conditions: readonly Condition[]
      disruptionsAllowed: number
      disruptedPods: StringMap
    }>
  }>
