import { types } from '../api/resources.ts'
import type { SandboxClock } from '../clock.ts'
import type { Names } from '../names.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { Store } from '../store/store.ts'
import type { EventFields } from '../tables/event-columns.ts'
import { timestamp } from '../timestamp.ts'

interface EventSource {
  readonly component: string
  readonly host?: string
}

interface Occurrence {
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
/** Of as many objects the recorder remembers what it has said (`maxLruCacheEntries`), and of as many more those of late. */
const largestBook = 4096

/** Something said of an object, under the name of its Event; of the messages that are drawn together there is one. */
interface Saying extends Pick<Occurrence, 'type' | 'reason'> {
  readonly fieldPath: string | undefined
  readonly message: string | undefined
  event: string
  readonly before: Saying | undefined
}

/** One source that speaks of one object. There are thousands, and most say little: each knows the one before it. */
interface Voice {
  readonly source: EventSource
  readonly before: Voice | undefined
  tokens: number
  refilled: number
  last: Saying | undefined
  /** The object as its last Event names it: the next one mostly names it the same way. */
  involved: InvolvedObject | undefined
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
  /** By the uid of the object: those heard since the book was begun, and those of the book before. */
  #voices = new Map<string, Voice>()
  #heardBefore = new Map<string, Voice>()
  readonly #written: { readonly namespace: string; readonly name: string; readonly at: number }[] = []
  #oldest = 0

  /** @param capacity How many Events are kept. */
  constructor(store: Store, names: Names, clock: SandboxClock, capacity: number) {
    this.#store = store
    this.#names = names
    this.#clock = clock
    this.#capacity = capacity
  }

  record(object: StoredObject, occurrence: Occurrence): void {
    const voice = this.#voiceOf(object.metadata.uid, occurrence.source)
    const message = drawnTogether(voice, occurrence)
    if (this.#maySpeak(voice)) this.#write(voice, object, occurrence, message)
  }

  #voiceOf(uid: string, source: EventSource): Voice {
    if (this.#voices.size > largestBook) {
      this.#heardBefore = this.#voices
      this.#voices = new Map()
    }
    const before = this.#voices.get(uid) ?? this.#heardBefore.get(uid)
    if (before) this.#voices.set(uid, before)
    for (let one = before; one; one = one.before)
      if (one.source.component === source.component && one.source.host === source.host) return one
    const refilled = this.#clock.now()
    const voice: Voice = { source, before, tokens: burst, refilled, last: undefined, involved: undefined }
    this.#voices.set(uid, voice)
    return voice
  }

  #maySpeak(voice: Voice): boolean {
    const now = this.#clock.now()
    const gained = Math.floor((now - voice.refilled) / refillMilliseconds)
    if (gained > 0) {
      voice.tokens = Math.min(burst, voice.tokens + gained)
      voice.refilled += gained * refillMilliseconds
    }
    if (voice.tokens === 0) return false
    voice.tokens -= 1
    return true
  }

  /** @param message undefined: it is drawn together with others. */
  #write(voice: Voice, object: StoredObject, occurrence: Occurrence, message: string | undefined): void {
    const now = this.#clock.now()
    const time = timestamp(now)
    const namespace = object.metadata.namespace ?? 'default'
    const events = this.#store.collection(types.events)
    const { type, reason } = occurrence
    const fieldPath = message === undefined ? undefined : occurrence.fieldPath
    let said = voice.last
    while (
      said &&
      (said.reason !== reason ||
        said.type !== type ||
        said.message !== message ||
        said.fieldPath !== fieldPath)
    )
      said = said.before
    const present = said && events.get(keyOf(namespace, said.event))
    const text = message ?? `(combined from similar events): ${occurrence.message}`
    if (present) {
      const count = ((present as EventFields).count ?? 1) + 1
      events.put({ ...present, count, lastTimestamp: time, message: text })
      return
    }
    const name = `${object.metadata.name}.${nameSuffix(now, this.#written.length)}`
    if (said) said.event = name
    else voice.last = { type, reason, fieldPath, message, event: name, before: voice.last }
    voice.involved = involvedIn(voice.involved, object, occurrence.fieldPath)
    const { source, involved } = voice
    const place = { name, namespace, uid: this.#names.uid() }
    events.put(eventOf(involved, { type, reason, message: text, source }, place, time))
    this.#written.push({ namespace, name, at: now })
    this.#forget(now)
  }

  /** Drops Events that are too old or too many. */
  #forget(now: number): void {
    const events = this.#store.collection(types.events)
    for (let entry = this.#written[this.#oldest]; entry; entry = this.#written[this.#oldest]) {
      if (this.#written.length - this.#oldest <= this.#capacity && now - entry.at < timeToLive) break
      events.remove(keyOf(entry.namespace, entry.name))
      this.#oldest += 1
    }
    if (this.#oldest > 1000 && this.#oldest * 2 > this.#written.length) {
      this.#written.splice(0, this.#oldest)
      this.#oldest = 0
    }
  }
}

/** As the server's: the time in hexadecimal, here with a running number, for time may stand still. */
const nameSuffix = (now: number, number: number) =>
  (BigInt(now) * 1_000_000n + BigInt(number % 1_000_000)).toString(16)

interface InvolvedObject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid: string
  readonly apiVersion: string
  readonly resourceVersion?: string
  readonly fieldPath?: string
}

/** What an Event says of its object: what the last one said, where it is the same. */
function involvedIn(
  last: InvolvedObject | undefined,
  { kind, apiVersion, metadata: { namespace, name, uid, resourceVersion } }: StoredObject,
  fieldPath: string | undefined,
): InvolvedObject {
  const isNode = kind === 'Node'
  if (last && last.fieldPath === fieldPath && (isNode || last.resourceVersion === resourceVersion))
    return last
  return {
    kind,
    ...(namespace ? { namespace } : {}),
    name,
    // A node's Events carry its name for a uid, and `kubectl describe node` looks for that.
    uid: isNode ? name : uid,
    apiVersion,
    ...(isNode ? {} : { resourceVersion }),
    ...(fieldPath ? { fieldPath } : {}),
  }
}

function eventOf(
  involvedObject: InvolvedObject,
  { type, reason, message, source }: Occurrence,
  place: { readonly name: string; readonly namespace: string; readonly uid: string },
  time: string,
): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...place, creationTimestamp: time, resourceVersion: '' },
    involvedObject,
    reason,
    message,
    source,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  }
}

/**
 * The message of a new Event among those of one source about one object; undefined: there are too many of its kind, and it is
 * drawn together with the others.
 */
function drawnTogether({ last }: Voice, { type, reason, message }: Occurrence): string | undefined {
  let similar = 0
  for (let one = last; one; one = one.before) {
    if (one.reason !== reason || one.type !== type || one.message === undefined) continue
    if (one.message === message) return message
    similar += 1
  }
  return similar + 1 < similarLimit ? message : undefined
}
