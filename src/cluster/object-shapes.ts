import type { JsonObject } from '#base/json.ts'
import { getOrMake } from '#base/once.ts'
import { checkShape, type Shape } from '#kube/go-shape.ts'

/**
 * The types of the fields that kds reads of objects, as k8s.io/api has them. A server may send anything: what Go could not
 * decode is refused with its place, so that no code behind has to doubt what it reads.
 *
 * Behind a field's colon stands its type unless that is a text: `b` bool, `i` integer, `n` integer or text, `q` quantity, `t` time,
 * `[` a list of, `%` a map to, or the name of a struct; what follows a struct's dot tells apart those that have one name.
 */
const structs: Readonly<Record<string, string>> = {
  OwnerReference: 'apiVersion kind name uid controller:b',
  ManagedFieldsEntry: 'manager operation apiVersion time',
  ObjectMeta:
    'name generateName namespace uid resourceVersion creationTimestamp deletionTimestamp generation:i labels:%s annotations:%s finalizers:[s ownerReferences:[OwnerReference managedFields:[ManagedFieldsEntry',
  LabelSelectorRequirement: 'key operator values:[s',
  LabelSelector: 'matchLabels:%s matchExpressions:[LabelSelectorRequirement',
  NodeSelectorRequirement: 'key operator values:[s',
  NodeSelectorTerm: 'matchExpressions:[NodeSelectorRequirement matchFields:[NodeSelectorRequirement',
  NodeSelector: 'nodeSelectorTerms:[NodeSelectorTerm',
  PreferredSchedulingTerm: 'weight:i preference:NodeSelectorTerm',
  NodeAffinity:
    'requiredDuringSchedulingIgnoredDuringExecution:NodeSelector preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm',
  PodAffinityTerm:
    'topologyKey labelSelector:LabelSelector namespaceSelector:LabelSelector namespaces:[s matchLabelKeys:[s mismatchLabelKeys:[s',
  WeightedPodAffinityTerm: 'weight:i podAffinityTerm:PodAffinityTerm',
  PodAffinity:
    'requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm',
  Affinity: 'nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity',
  Toleration: 'key operator value effect tolerationSeconds:i',
  ContainerPort: 'name protocol hostIP containerPort:i hostPort:i',
  EnvVarSource: '',
  EnvVar: 'name value valueFrom:EnvVarSource',
  EnvFromSource: 'prefix',
  ResourceRequirements: 'requests:%q limits:%q',
  VolumeMount: 'name mountPath subPath readOnly:b',
  Container:
    'name image imagePullPolicy restartPolicy workingDir command:[s args:[s ports:[ContainerPort env:[EnvVar envFrom:[EnvFromSource resources:ResourceRequirements volumeMounts:[VolumeMount',
  PodSchedulingGate: 'name',
  PodResourceClaim: 'name',
  PersistentVolumeClaimVolumeSource: 'claimName',
  'PersistentVolumeClaimSpec.ofTemplate': 'storageClassName',
  PersistentVolumeClaimTemplate: 'spec:PersistentVolumeClaimSpec.ofTemplate',
  EphemeralVolumeSource: 'volumeClaimTemplate:PersistentVolumeClaimTemplate',
  GCEPersistentDiskVolumeSource: 'pdName readOnly:b',
  AWSElasticBlockStoreVolumeSource: 'volumeID',
  ISCSIVolumeSource: 'iqn readOnly:b',
  RBDVolumeSource: 'pool image monitors:[s readOnly:b',
  Volume:
    'name persistentVolumeClaim:PersistentVolumeClaimVolumeSource ephemeral:EphemeralVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource awsElasticBlockStore:AWSElasticBlockStoreVolumeSource iscsi:ISCSIVolumeSource rbd:RBDVolumeSource',
  LocalObjectReference: 'name',
  TopologySpreadConstraint:
    'topologyKey whenUnsatisfiable nodeAffinityPolicy nodeTaintsPolicy maxSkew:i minDomains:i matchLabelKeys:[s labelSelector:LabelSelector',
  PodSpec:
    'nodeName priorityClassName schedulerName serviceAccountName restartPolicy runtimeClassName hostNetwork:b hostPID:b hostIPC:b priority:i terminationGracePeriodSeconds:i nodeSelector:%s affinity:Affinity tolerations:[Toleration containers:[Container initContainers:[Container overhead:%q resources:ResourceRequirements schedulingGates:[PodSchedulingGate resourceClaims:[PodResourceClaim volumes:[Volume imagePullSecrets:[LocalObjectReference topologySpreadConstraints:[TopologySpreadConstraint',
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',
  RollingUpdateDaemonSet: 'maxUnavailable:n maxSurge:n',
  DaemonSetUpdateStrategy: 'type rollingUpdate:RollingUpdateDaemonSet',
  DaemonSetSpec:
    'selector:LabelSelector template:PodTemplateSpec revisionHistoryLimit:i minReadySeconds:i updateStrategy:DaemonSetUpdateStrategy',
  Condition: 'type status reason message lastTransitionTime lastHeartbeatTime',
  DaemonSetStatus:
    'currentNumberScheduled:i desiredNumberScheduled:i numberAvailable:i numberMisscheduled:i numberReady:i numberUnavailable:i updatedNumberScheduled:i observedGeneration:i collisionCount:i conditions:[Condition',
  DaemonSet: 'metadata:ObjectMeta spec:DaemonSetSpec status:DaemonSetStatus',
  'DaemonSetSpec.ofRevision': 'template:PodTemplateSpec',
  'DaemonSet.ofRevision': 'spec:DaemonSetSpec.ofRevision',
  ControllerRevision: 'metadata:ObjectMeta revision:i data:DaemonSet.ofRevision',
  ContainerStateWaiting: 'reason message',
  ContainerStateRunning: 'startedAt',
  ContainerStateTerminated: 'reason message startedAt finishedAt exitCode:i',
  ContainerState:
    'waiting:ContainerStateWaiting running:ContainerStateRunning terminated:ContainerStateTerminated',
  ContainerStatus:
    'name image ready:b started:b restartCount:i state:ContainerState lastState:ContainerState allocatedResources:%q resources:ResourceRequirements',
  PodStatus:
    'phase reason message startTime nominatedNodeName conditions:[Condition containerStatuses:[ContainerStatus initContainerStatuses:[ContainerStatus allocatedResources:%q resources:ResourceRequirements',
  Pod: 'metadata:ObjectMeta spec:PodSpec status:PodStatus',
  Taint: 'key value effect timeAdded',
  NodeSpec: 'unschedulable:b taints:[Taint',
  NodeStatus: 'conditions:[Condition capacity:%q allocatable:%q',
  Node: 'metadata:ObjectMeta spec:NodeSpec status:NodeStatus',
  Namespace: 'metadata:ObjectMeta',
  VolumeResourceRequirements: 'requests:%q',
  PersistentVolumeClaimSpec:
    'volumeName storageClassName volumeMode accessModes:[s selector:LabelSelector resources:VolumeResourceRequirements',
  PersistentVolumeClaimStatus: 'phase',
  PersistentVolumeClaim:
    'metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus',
  ObjectReference: 'namespace name',
  CSIPersistentVolumeSource: 'driver volumeHandle',
  VolumeNodeAffinity: 'required:NodeSelector',
  PersistentVolumeSpec:
    'storageClassName volumeMode accessModes:[s capacity:%q claimRef:ObjectReference csi:CSIPersistentVolumeSource nodeAffinity:VolumeNodeAffinity',
  PersistentVolumeStatus: 'phase',
  PersistentVolume: 'metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus',
  TopologySelectorLabelRequirement: 'key values:[s',
  TopologySelectorTerm: 'matchLabelExpressions:[TopologySelectorLabelRequirement',
  StorageClass: 'metadata:ObjectMeta provisioner volumeBindingMode allowedTopologies:[TopologySelectorTerm',
  VolumeNodeResources: 'count:i',
  CSINodeDriver: 'name allocatable:VolumeNodeResources',
  CSINodeSpec: 'drivers:[CSINodeDriver',
  CSINode: 'metadata:ObjectMeta spec:CSINodeSpec',
  PodDisruptionBudgetSpec: 'selector:LabelSelector',
  PodDisruptionBudgetStatus: 'disruptionsAllowed:i disruptedPods:%t',
  PodDisruptionBudget: 'metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus',
  PriorityClass: 'metadata:ObjectMeta value:i globalDefault:b preemptionPolicy',
}

const scalars: Readonly<Record<string, Shape>> = {
  s: 'string',
  t: 'string',
  b: 'bool',
  i: 'int',
  n: 'int-or-string',
  q: 'quantity',
}
/** How Go calls the values of a map. */
const goNames: Readonly<Record<string, string>> = { s: 'string', q: 'resource.Quantity', t: 'v1.Time' }

function shapeOf(type: string): Shape {
  const inner = type.slice(1)
  if (type.startsWith('[')) return { list: shapeOf(inner) }
  if (type.startsWith('%')) return { map: shapeOf(inner), go: goNames[inner] ?? inner }
  return scalars[type] ?? structShape(type)
}

const known = new Map<string, Shape>()

/** Made when it is asked for first. */
const structShape = (name: string): Shape =>
  getOrMake(known, name, () => {
    const fields = (structs[name] ?? '').split(' ').map((field) => field.split(':'))
    const [struct = name] = name.split('.')
    return { struct, fields: Object.fromEntries(fields.map(([of, type = 's']) => [of, shapeOf(type)])) }
  })

/** Refuses an object whose fields are not of the types that they have in Kubernetes. @throws Error in Go's words */
export function checkObject(kind: string, object: JsonObject): void {
  if (Object.hasOwn(structs, kind)) checkShape(object, structShape(kind))
}
