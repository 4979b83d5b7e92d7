/**
 * Kubernetes objects as they are on the wire: raw JSON, not defaulted, where any field may be absent or null. Only the
 * fields that kds reads are named; whatever else an object holds is carried along untouched.
 */
import type { Json, JsonObject } from '#base/json.ts'

export type { Json, JsonObject }

/** A field that the wire may leave out or set to null; both mean the same to Kubernetes. */
export type Maybe<T> = T | null | undefined

export type StringMap = Readonly<Record<string, string>>

export interface OwnerReference {
  readonly apiVersion?: Maybe<string>
  readonly kind?: Maybe<string>
  readonly name?: Maybe<string>
  readonly uid?: Maybe<string>
  readonly controller?: Maybe<boolean>
  readonly blockOwnerDeletion?: Maybe<boolean>
}

export interface ObjectMeta {
  readonly name?: Maybe<string>
  readonly generateName?: Maybe<string>
  readonly namespace?: Maybe<string>
  readonly uid?: Maybe<string>
  readonly resourceVersion?: Maybe<string>
  readonly generation?: Maybe<number>
  readonly creationTimestamp?: Maybe<string>
  readonly deletionTimestamp?: Maybe<string>
  readonly deletionGracePeriodSeconds?: Maybe<number>
  readonly labels?: Maybe<StringMap>
  readonly annotations?: Maybe<StringMap>
  readonly ownerReferences?: Maybe<readonly OwnerReference[]>
  readonly finalizers?: Maybe<readonly string[]>
}

export interface KubeObject {
  readonly apiVersion?: Maybe<string>
  readonly kind?: Maybe<string>
  readonly metadata?: Maybe<ObjectMeta>
}

export interface LabelSelectorRequirement {
  readonly key?: Maybe<string>
  readonly operator?: Maybe<string>
  readonly values?: Maybe<readonly string[]>
}

export interface LabelSelector {
  readonly matchLabels?: Maybe<StringMap>
  readonly matchExpressions?: Maybe<readonly LabelSelectorRequirement[]>
}

/** A requirement of a node selector term; `operator` is one of In, NotIn, Exists, DoesNotExist, Gt, Lt. */
export type NodeSelectorRequirement = LabelSelectorRequirement

export interface NodeSelectorTerm {
  readonly matchExpressions?: Maybe<readonly NodeSelectorRequirement[]>
  readonly matchFields?: Maybe<readonly NodeSelectorRequirement[]>
}

export interface NodeSelector {
  readonly nodeSelectorTerms?: Maybe<readonly Maybe<NodeSelectorTerm>[]>
}

export interface PreferredSchedulingTerm {
  readonly weight?: Maybe<number>
  readonly preference?: Maybe<NodeSelectorTerm>
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: Maybe<NodeSelector>
  readonly preferredDuringSchedulingIgnoredDuringExecution?: Maybe<readonly PreferredSchedulingTerm[]>
}

export interface PodAffinityTerm {
  readonly topologyKey?: Maybe<string>
  readonly labelSelector?: Maybe<LabelSelector>
  readonly namespaces?: Maybe<readonly string[]>
  readonly namespaceSelector?: Maybe<LabelSelector>
  readonly matchLabelKeys?: Maybe<readonly string[]>
  readonly mismatchLabelKeys?: Maybe<readonly string[]>
}

export interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: Maybe<readonly PodAffinityTerm[]>
}

export interface Affinity {
  readonly nodeAffinity?: Maybe<NodeAffinity>
  readonly podAffinity?: Maybe<PodAffinity>
  readonly podAntiAffinity?: Maybe<PodAffinity>
}

export interface TopologySpreadConstraint {
  readonly topologyKey?: Maybe<string>
  readonly maxSkew?: Maybe<number>
  readonly minDomains?: Maybe<number>
  readonly whenUnsatisfiable?: Maybe<string>
  readonly labelSelector?: Maybe<LabelSelector>
  readonly nodeAffinityPolicy?: Maybe<string>
  readonly nodeTaintsPolicy?: Maybe<string>
  readonly matchLabelKeys?: Maybe<readonly string[]>
}

/** A volume of a pod, as far as the scheduler minds it. */
export interface Volume {
  readonly name?: Maybe<string>
  readonly persistentVolumeClaim?: Maybe<{ readonly claimName?: Maybe<string> }>
  readonly ephemeral?: Maybe<{
    readonly volumeClaimTemplate?: Maybe<{
      readonly spec?: Maybe<{ readonly storageClassName?: Maybe<string> }>
    }>
  }>
  readonly gcePersistentDisk?: Maybe<{ readonly pdName?: Maybe<string>; readonly readOnly?: Maybe<boolean> }>
  readonly awsElasticBlockStore?: Maybe<{ readonly volumeID?: Maybe<string> }>
  readonly iscsi?: Maybe<{ readonly iqn?: Maybe<string>; readonly readOnly?: Maybe<boolean> }>
  readonly rbd?: Maybe<{
    readonly monitors?: Maybe<readonly string[]>
    readonly pool?: Maybe<string>
    readonly image?: Maybe<string>
    readonly readOnly?: Maybe<boolean>
  }>
}

export interface Toleration {
  readonly key?: Maybe<string>
  readonly operator?: Maybe<string>
  readonly value?: Maybe<string>
  readonly effect?: Maybe<string>
  readonly tolerationSeconds?: Maybe<number>
}

export interface Taint {
  readonly key?: Maybe<string>
  readonly value?: Maybe<string>
  readonly effect?: Maybe<string>
  readonly timeAdded?: Maybe<string>
}

export type QuantityMap = Readonly<Record<string, string | number>>

export interface ResourceRequirements {
  readonly requests?: Maybe<QuantityMap>
  readonly limits?: Maybe<QuantityMap>
}

export interface ContainerPort {
  readonly name?: Maybe<string>
  readonly containerPort?: Maybe<number>
  readonly hostPort?: Maybe<number>
  readonly hostIP?: Maybe<string>
  readonly protocol?: Maybe<string>
}

export interface Container {
  readonly name?: Maybe<string>
  readonly image?: Maybe<string>
  readonly resources?: Maybe<ResourceRequirements>
  readonly ports?: Maybe<readonly ContainerPort[]>
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: Maybe<string>
}

export interface PodSpec {
  readonly nodeName?: Maybe<string>
  readonly nodeSelector?: Maybe<StringMap>
  readonly affinity?: Maybe<Affinity>
  readonly tolerations?: Maybe<readonly Toleration[]>
  readonly hostNetwork?: Maybe<boolean>
  readonly containers?: Maybe<readonly Container[]>
  readonly initContainers?: Maybe<readonly Container[]>
  readonly overhead?: Maybe<QuantityMap>
  readonly resources?: Maybe<ResourceRequirements>
  readonly priority?: Maybe<number>
  readonly priorityClassName?: Maybe<string>
  readonly preemptionPolicy?: Maybe<string>
  readonly serviceAccountName?: Maybe<string>
  readonly runtimeClassName?: Maybe<string>
  readonly schedulerName?: Maybe<string>
  readonly schedulingGates?: Maybe<readonly { readonly name?: Maybe<string> }[]>
  readonly resourceClaims?: Maybe<readonly { readonly name?: Maybe<string> }[]>
  readonly topologySpreadConstraints?: Maybe<readonly TopologySpreadConstraint[]>
  readonly volumes?: Maybe<readonly Volume[]>
  readonly terminationGracePeriodSeconds?: Maybe<number>
  readonly restartPolicy?: Maybe<string>
}

export interface PodTemplate {
  readonly metadata?: Maybe<ObjectMeta>
  readonly spec?: Maybe<PodSpec>
}

export type IntOrString = number | string

export interface DaemonSetUpdateStrategy {
  readonly type?: Maybe<string>
  readonly rollingUpdate?: Maybe<{
    readonly maxUnavailable?: Maybe<IntOrString>
    readonly maxSurge?: Maybe<IntOrString>
  }>
}

export interface DaemonSetStatus {
  readonly currentNumberScheduled?: Maybe<number>
  readonly numberMisscheduled?: Maybe<number>
  readonly desiredNumberScheduled?: Maybe<number>
  readonly numberReady?: Maybe<number>
  readonly observedGeneration?: Maybe<number>
  readonly updatedNumberScheduled?: Maybe<number>
  readonly numberAvailable?: Maybe<number>
  readonly numberUnavailable?: Maybe<number>
  readonly collisionCount?: Maybe<number>
}

export interface DaemonSet extends KubeObject {
  readonly spec?: Maybe<{
    readonly selector?: Maybe<LabelSelector>
    readonly template?: Maybe<PodTemplate>
    readonly updateStrategy?: Maybe<DaemonSetUpdateStrategy>
    readonly minReadySeconds?: Maybe<number>
    readonly revisionHistoryLimit?: Maybe<number>
  }>
  readonly status?: Maybe<DaemonSetStatus>
}

export interface Condition {
  readonly type?: Maybe<string>
  readonly status?: Maybe<string>
  readonly reason?: Maybe<string>
  readonly message?: Maybe<string>
  readonly lastTransitionTime?: Maybe<string>
}

export interface Node extends KubeObject {
  readonly spec?: Maybe<{
    readonly unschedulable?: Maybe<boolean>
    readonly taints?: Maybe<readonly Taint[]>
    readonly providerID?: Maybe<string>
  }>
  readonly status?: Maybe<{
    readonly capacity?: Maybe<QuantityMap>
    readonly allocatable?: Maybe<QuantityMap>
    readonly conditions?: Maybe<readonly Condition[]>
  }>
}

export interface ContainerStateTerminated {
  readonly reason?: Maybe<string>
  readonly exitCode?: Maybe<number>
}

export interface ContainerStatus {
  readonly name?: Maybe<string>
  readonly ready?: Maybe<boolean>
  readonly restartCount?: Maybe<number>
  readonly state?: Maybe<{
    readonly waiting?: Maybe<{ readonly reason?: Maybe<string>; readonly message?: Maybe<string> }>
    readonly running?: Maybe<{ readonly startedAt?: Maybe<string> }>
    readonly terminated?: Maybe<ContainerStateTerminated>
  }>
  readonly lastState?: Maybe<{ readonly terminated?: Maybe<ContainerStateTerminated> }>
}

export interface Pod extends KubeObject {
  readonly spec?: Maybe<PodSpec>
  readonly status?: Maybe<{
    readonly phase?: Maybe<string>
    readonly reason?: Maybe<string>
    readonly message?: Maybe<string>
    readonly startTime?: Maybe<string>
    readonly nominatedNodeName?: Maybe<string>
    readonly conditions?: Maybe<readonly Condition[]>
    readonly containerStatuses?: Maybe<readonly ContainerStatus[]>
    readonly initContainerStatuses?: Maybe<readonly ContainerStatus[]>
  }>
}

export interface ControllerRevision extends KubeObject {
  readonly data?: Maybe<JsonObject>
  readonly revision?: Maybe<number>
}

export interface PriorityClass extends KubeObject {
  readonly value?: Maybe<number>
  readonly globalDefault?: Maybe<boolean>
  readonly preemptionPolicy?: Maybe<string>
}

export type Namespace = KubeObject

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: Maybe<{
    readonly minAvailable?: Maybe<IntOrString>
    readonly maxUnavailable?: Maybe<IntOrString>
    readonly selector?: Maybe<LabelSelector>
    readonly unhealthyPodEvictionPolicy?: Maybe<string>
  }>
  readonly status?: Maybe<{
    readonly observedGeneration?: Maybe<number>
    readonly currentHealthy?: Maybe<number>
    readonly desiredHealthy?: Maybe<number>
    readonly expectedPods?: Maybe<number>
    readonly conditions?: Maybe<readonly Condition[]>
    readonly disruptionsAllowed?: Maybe<number>
    readonly disruptedPods?: Maybe<StringMap>
  }>
}
