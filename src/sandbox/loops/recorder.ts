import { types } from '../api/resources.ts'
import type { SandboxClock } from '../clock.ts'
import type { Names } from '../names.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import type { EventFields } from '../tables/event-columns.ts'
import { timestamp } from '../timestamp.ts'

export interface EventSource {
  readonly component: string
  readonly host?: string
}

export interface Occurrence {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly source: EventSource
  /** The part of the object: `spec.containers{web}`. */
  readonly fieldPath?: string
}

/** Of as many distinct messages of one kind about one object, the last is drawn together with those to come. */
const similarLimit = 10
/** Events of one source about one object before it is silenced, and how fast it regains a voice. */
const burst = 25
const refillMilliseconds = 300_000
const timeToLive = 3_600_000
const largestBook = 50_000

interface Voice {
  tokens: number
  refilled: number
}

/**
 * Writes Events as client-go's recorder does (`tools/record/events_cache.go`): a repetition raises the count, the tenth
 * message of its kind is drawn together with those to come, and who says too much is silenced. Old Events go after an hour.
 */
export class Recorder {
  readonly #store: Store
  readonly #names: Names
  readonly #clock: SandboxClock
  readonly #capacity: number
  /** Names of Events by what they say. */
  readonly #said = new Map<string, string>()
  /** Messages of a kind about an object: most have one. */
  readonly #similar = new Map<string, string | Set<string>>()
  readonly #voices = new Map<string, Voice>()
  readonly #keys: { readonly key: string; readonly at: number }[] = []
  #oldest = 0

  /** @param capacity How many Events are kept. */
  constructor(store: Store, names: Names, clock: SandboxClock, capacity: number) {
    this.#store = store
    this.#names = names
    this.#clock = clock
    this.#capacity = capacity
  }

  record(object: StoredObject, occurrence: Occurrence): void {
    const { uid } = object.metadata
    const { component, host = '' } = occurrence.source
    const voice = `${component}|${host}|${uid}`
    const kind = `${voice}|${occurrence.type}|${occurrence.reason}`
    const message = this.#drawnTogether(kind, occurrence.message)
    const what = message === occurrence.message ? `${kind}|${occurrence.fieldPath ?? ''}|${message}` : kind
    if (!this.#maySpeak(voice)) return
    this.#write(what, object, { ...occurrence, message })
  }

  #drawnTogether(kind: string, message: string): string {
    const known = this.#similar.get(kind)
    if (known === undefined) {
      if (this.#similar.size > largestBook) this.#similar.clear()
      this.#similar.set(kind, message)
      return message
    }
    if (known === message) return message
    const messages = typeof known === 'string' ? new Set([known]) : known
    this.#similar.set(kind, messages)
    if (messages.size + 1 < similarLimit || messages.has(message)) {
      messages.add(message)
      return message
    }
    return `(combined from similar events): ${message}`
  }

  #maySpeak(name: string): boolean {
    const now = this.#clock.now()
    if (this.#voices.size > largestBook) this.#voices.clear()
    const voice = this.#voices.get(name) ?? { tokens: burst, refilled: now }
    this.#voices.set(name, voice)
    const gained = Math.floor((now - voice.refilled) / refillMilliseconds)
    if (gained > 0) {
      voice.tokens = Math.min(burst, voice.tokens + gained)
      voice.refilled += gained * refillMilliseconds
    }
    if (voice.tokens === 0) return false
    voice.tokens -= 1
    return true
  }

  #write(what: string, object: StoredObject, occurrence: Occurrence): void {
    const now = this.#clock.now()
    const time = timestamp(now)
    const namespace = object.metadata.namespace ?? 'default'
    const events = this.#store.collection(types.events)
    const known = this.#said.get(what)
    const present = known === undefined ? undefined : events.get(keyOf(namespace, known))
    if (present) {
      const count = ((present as EventFields).count ?? 1) + 1
      events.put({ ...present, count, lastTimestamp: time, message: occurrence.message })
      return
    }
    if (this.#said.size > largestBook) this.#said.clear()
    const name = `${object.metadata.name}.${nameSuffix(now, this.#keys.length)}`
    this.#said.set(what, name)
    events.put(eventOf(object, occurrence, { name, namespace, time, uid: this.#names.uid() }))
    this.#keys.push({ key: keyOf(namespace, name), at: now })
    this.#forget(now)
  }

  /** Drops Events that are too old or too many. */
  #forget(now: number): void {
    const events = this.#store.collection(types.events)
    for (let entry = this.#keys[this.#oldest]; entry; entry = this.#keys[this.#oldest]) {
      if (this.#keys.length - this.#oldest <= this.#capacity && now - entry.at < timeToLive) break
      events.remove(entry.key)
      this.#oldest += 1
    }
    if (this.#oldest > this.#capacity) {
      this.#keys.splice(0, this.#oldest)
      this.#oldest = 0
    }
  }
}

/** As the server's: the time in hexadecimal, here with a running number, for time may stand still. */
const nameSuffix = (now: number, number: number) =>
  (BigInt(now) * 1_000_000n + BigInt(number % 1_000_000)).toString(16)

interface EventPlace {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly time: string
}

function eventOf(
  object: StoredObject,
  { type, reason, message, source, fieldPath }: Occurrence,
  { time, ...place }: EventPlace,
): StoredObject {
  const { kind, apiVersion, metadata } = object
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...place, creationTimestamp: time, resourceVersion: '' },
    involvedObject: {
      kind,
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      name: metadata.name,
      // A node's Events carry its name for a uid, and `kubectl describe node` looks for that.
      uid: kind === 'Node' ? metadata.name : metadata.uid,
      apiVersion,
      ...(kind === 'Node' ? {} : { resourceVersion: metadata.resourceVersion }),
      ...(fieldPath ? { fieldPath } : {}),
    },
    reason,
    message,
    source: { ...source },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  }
}
