/**
 * The messages in which a server sends nodes, pods and its refusals, as far as kds reads them: `name=number`, and after a
 * colon the type unless it is a text: `b` bool, `i` integer, `t` time, `q` quantity, `[` a list of, `%` a map to, or the name
 * of a message. `!` is a field that JSON shows even when it is zero, or whose zero differs from its absence. Numbers are those
 * of generated.proto in k8s.io/api/core/v1 and k8s.io/apimachinery/pkg/apis/meta/v1.
 */
const messages: Readonly<Record<string, string>> = {
  TypeMeta: 'apiVersion=1 kind=2',
  ListMeta: 'resourceVersion=2 continue=3 remainingItemCount=4:i!',
  Status: 'metadata=1:ListMeta status=2 message=3 reason=4 details=5:StatusDetails code=6:i',
  StatusDetails: 'name=1 group=2 kind=3 causes=4:[StatusCause retryAfterSeconds=5:i uid=6',
  StatusCause: 'reason=1 message=2 field=3',
  ObjectMeta:
    'name=1 namespace=3 uid=5 resourceVersion=6 generation=7:i creationTimestamp=8:t deletionTimestamp=9:t deletionGracePeriodSeconds=10:i! labels=11:%s annotations=12:%s ownerReferences=13:[OwnerReference',
  OwnerReference: 'kind=1! name=3! uid=4! apiVersion=5! controller=6:b! blockOwnerDeletion=7:b!',
  PartialObjectMetadata: 'metadata=1:ObjectMeta',
  Node: 'metadata=1:ObjectMeta spec=2:NodeSpec status=3:NodeStatus',
  NodeSpec: 'unschedulable=4:b taints=5:[Taint',
  Taint: 'key=1! value=2 effect=3! timeAdded=4:t',
  NodeStatus: 'capacity=1:%q allocatable=2:%q conditions=4:[NodeCondition',
  NodeCondition: 'type=1! status=2! lastHeartbeatTime=3:t lastTransitionTime=4:t reason=5 message=6',
  Pod: 'metadata=1:ObjectMeta spec=2:PodSpec status=3:PodStatus',
  PodSpec:
    'containers=2:[Container nodeName=10 hostNetwork=11:b affinity=18:Affinity initContainers=20:[Container tolerations=22:[Toleration priorityClassName=24 priority=25:i! overhead=32:%q resources=40:ResourceRequirements',
  Container: 'name=1! image=2 ports=6:[ContainerPort resources=8:ResourceRequirements restartPolicy=24!',
  ContainerPort: 'name=1 hostPort=2:i containerPort=3:i! protocol=4 hostIP=5',
  ResourceRequirements: 'limits=1:%q requests=2:%q claims=3:[ResourceClaim',
  ResourceClaim: 'name=1! request=2',
  Toleration: 'key=1 operator=2 value=3 effect=4 tolerationSeconds=5:i!',
  Affinity: 'nodeAffinity=1:NodeAffinity podAffinity=2:PodAffinity podAntiAffinity=3:PodAffinity',
  NodeAffinity:
    'requiredDuringSchedulingIgnoredDuringExecution=1:NodeSelector preferredDuringSchedulingIgnoredDuringExecution=2:[PreferredSchedulingTerm',
  NodeSelector: 'nodeSelectorTerms=1:[NodeSelectorTerm',
  NodeSelectorTerm: 'matchExpressions=1:[Requirement matchFields=2:[Requirement',
  Requirement: 'key=1! operator=2! values=3:[s',
  PreferredSchedulingTerm: 'weight=1:i! preference=2:NodeSelectorTerm',
  PodAffinity:
    'requiredDuringSchedulingIgnoredDuringExecution=1:[PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution=2:[WeightedPodAffinityTerm',
  PodAffinityTerm:
    'labelSelector=1:LabelSelector namespaces=2:[s topologyKey=3! namespaceSelector=4:LabelSelector matchLabelKeys=5:[s mismatchLabelKeys=6:[s',
  WeightedPodAffinityTerm: 'weight=1:i! podAffinityTerm=2:PodAffinityTerm',
  LabelSelector: 'matchLabels=1:%s matchExpressions=2:[Requirement',
  PodStatus:
    'phase=1 conditions=2:[PodCondition message=3 reason=4 startTime=7:t containerStatuses=8:[ContainerStatus initContainerStatuses=10:[ContainerStatus nominatedNodeName=11 allocatedResources=19:%q resources=20:ResourceRequirements',
  PodCondition:
    'type=1! status=2! lastProbeTime=3:t lastTransitionTime=4:t reason=5 message=6 observedGeneration=7:i',
  ContainerStatus:
    'name=1! state=2:ContainerState lastState=3:ContainerState ready=4:b! restartCount=5:i! image=6! started=9:b! allocatedResources=10:%q resources=11:ResourceRequirements',
  ContainerState:
    'waiting=1:ContainerStateWaiting running=2:ContainerStateRunning terminated=3:ContainerStateTerminated',
  ContainerStateWaiting: 'reason=1 message=2',
  ContainerStateRunning: 'startedAt=1:t',
  ContainerStateTerminated:
    'exitCode=1:i! signal=2:i reason=3 message=4 startedAt=5:t finishedAt=6:t containerID=7',
}

export interface Field {
  readonly name: string
  readonly shape: 'one' | 'list' | 'map'
  /** What one value is: a letter as above, `m` for a message, or `a` for one of which all that are equal are one object. */
  readonly type: string
  /** The fields of a message. */
  readonly fields: Message
  /** The wire type: a number as such, everything else with its length in front. */
  readonly wire: 0 | 2
  /** Kept when it is zero. */
  readonly zero: boolean
  /** Of the messages of a list those alone whose first field is such a text. */
  readonly only: readonly string[] | undefined
}

/** Fields by their numbers. */
export type Message = readonly (Field | undefined)[]

/** What is wanted by names: of which messages of a list, and which fields of them, where not all that are known. */
type Wanted = Map<string, Part>
type Part = { only?: readonly string[]; below?: Wanted }

/** Reads `metadata { name labels } status { conditions:Ready:Fresh { status } } spec`. */
function wantedOf(words: Iterator<string>): Wanted {
  const wanted: Wanted = new Map()
  let last: Part = {}
  for (let { value, done } = words.next(); !done && value !== '}'; { value, done } = words.next()) {
    if (value === '{') last.below = wantedOf(words)
    else {
      const [name = '', ...only] = value.split(':')
      last = only.length > 0 ? { only } : {}
      wanted.set(name, last)
    }
  }
  return wanted
}

/** Messages that are the same in thousands of objects: what containers ask for and how they are, by whom pods are owned. */
const alike = new Set(
  'ResourceRequirements OwnerReference PodCondition Container ContainerState Toleration Taint'.split(' '),
)

/** Messages of which all is wanted. */
const whole = new Map<string, Message>()

/** @throws Error for a field that the table does not have: what was asked for would never be there */
function fieldsOf(message: string, wanted: Wanted | undefined): Message {
  const known = wanted ? undefined : whole.get(message)
  if (known) return known
  const all = (messages[message] ?? '')
    .split(' ')
    .map((text) => /^(\w+)=(\d+)(?::([[%]?)(\w+))?(!?)$/.exec(text))
  const names = new Set(all.map((field) => field?.[1]))
  for (const name of wanted?.keys() ?? [])
    if (!names.has(name)) throw new Error(`${message} has no field ${name} in the table of protobuf fields`)
  const fields: (Field | undefined)[] = []
  for (const [, name = '', number, shape, type = 's', zero] of all.filter((field) => field !== null)) {
    if (wanted && !wanted.has(name)) continue
    const { below, only } = wanted?.get(name) ?? {}
    const isMessage = type.length > 1
    fields[Number(number)] = {
      name,
      shape: shape === '[' ? 'list' : shape === '%' ? 'map' : 'one',
      type: !isMessage ? type : alike.has(type) ? 'a' : 'm',
      fields: isMessage ? fieldsOf(type, below) : [],
      wire: shape !== '%' && (type === 'i' || type === 'b') ? 0 : 2,
      zero: zero === '!',
      only,
    }
  }
  if (!wanted) whole.set(message, fields)
  return fields
}

const parse = (text: string) => wantedOf((text.match(/[\w:]+|[{}]/g) ?? []).values())

/** Whether nothing but metadata is wanted. */
export const wantsMetadataAlone = (wanted: string): boolean => [...parse(wanted).keys()].join() === 'metadata'

const compiled = new Map<string, Message>()

/** The parts that are wanted of a message; all that are known where none are named. */
export function messageOf(name: string, wanted = ''): Message {
  const key = `${name} ${wanted}`
  const message = compiled.get(key) ?? fieldsOf(name, wanted === '' ? undefined : parse(wanted))
  compiled.set(key, message)
  return message
}

/** Whether there are objects of this kind in the table. */
export const isKnown = (kind: string): boolean => Object.hasOwn(messages, kind)

/** The table, for whoever compares it with its source. */
export const table = messages
