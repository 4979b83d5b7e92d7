import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { type Engine, type Event, noRange, type Scalar } from './engine.ts'
import { keyName, resolvePlain, resolveTagged, shortTag } from './scalars.ts'

/** What kubectl would refuse about a document that parses, at an offset of the text. */
export class ComposeError extends Error {
  readonly offset: number
  readonly code: string
  constructor(code: string, message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

/** Something that kubectl reads in silence. */
export interface Remark {
  readonly code: 'duplicate-key' | 'number-precision'
  readonly message: string
  readonly offset: number
}

export interface Composed {
  readonly value: Json
  readonly remarks: readonly Remark[]
}

interface Anchor {
  readonly value: Json
  /** How many nodes go-yaml visits below it, aliases expanded. */
  readonly size: number
  readonly open: boolean
}

interface Frame {
  readonly list: Json[] | undefined
  readonly map: JsonObject | undefined
  /** The name that waits for its value. */
  key: string | undefined
  keyOffset: number
  /** The value to come is merged into the map: its key was `<<`. */
  merge: boolean
  /** Names that only a merge has set: setting them again is no duplicate. */
  merged: Set<string> | undefined
  readonly anchor: string | undefined
  readonly sizeBefore: number
}

/**
 * Builds the value of the first document of an event stream as kubectl does: YAML 1.1 scalars, the last of equal keys
 * counts, `<<` merges at its place, keys become strings, aliases are copied within go-yaml's bounds. Mirrors
 * sigs.k8s.io/yaml and the decoder of go-yaml v2.
 */
export function compose(engine: Engine, text: string, events: readonly Event[]): Composed {
  return new Composer(engine, text).run(events)
}

class Composer {
  private readonly engine: Engine
  private readonly text: string
  private readonly remarks: Remark[] = []
  private readonly anchors = new Map<string, Anchor>()
  private readonly stack: Frame[] = []
  private top: Frame | undefined
  private result: Json = null
  private visited = 0
  private expanded = 0

  constructor(engine: Engine, text: string) {
    this.engine = engine
    this.text = text
  }

  run(events: readonly Event[]): Composed {
    const { EVENT_ID } = this.engine
    let documents = 0
    for (const event of events) {
      if (event.type === EVENT_ID.SCALAR) this.scalar(event)
      else if (event.type === EVENT_ID.MAPPING) this.open(event, true)
      else if (event.type === EVENT_ID.SEQUENCE) this.open(event, false)
      else if (event.type === EVENT_ID.ALIAS) this.alias(event.anchorStart, event.anchorEnd)
      else if (event.type === EVENT_ID.DOCUMENT) {
        if (++documents > 1) break
      } else if (this.top) this.close(this.top)
    }
    return { value: this.result, remarks: this.remarks }
  }

  private open(event: Event & { start: number; anchorStart: number; anchorEnd: number }, isMap: boolean) {
    this.refuseCollectionAsKey(event.start)
    const anchor =
      event.anchorStart === noRange ? undefined : this.text.slice(event.anchorStart, event.anchorEnd)
    if (anchor !== undefined) this.anchors.set(anchor, { value: null, size: 0, open: true })
    const frame: Frame = {
      list: isMap ? undefined : [],
      map: isMap ? {} : undefined,
      key: undefined,
      keyOffset: 0,
      merge: false,
      merged: undefined,
      anchor,
      sizeBefore: this.visited,
    }
    this.visited++
    this.stack.push(frame)
    this.top = frame
  }

  private close(frame: Frame) {
    this.stack.pop()
    this.top = this.stack[this.stack.length - 1]
    const value = (frame.map ?? frame.list) as Json
    if (frame.anchor !== undefined) {
      this.anchors.set(frame.anchor, { value, size: this.visited - frame.sizeBefore, open: false })
    }
    this.add(value)
  }

  private scalar(event: Scalar) {
    this.visited++
    const plain = event.style === this.engine.SCALAR_STYLE.PLAIN
    const text = event.fast
      ? this.text.slice(event.valueStart, event.valueEnd)
      : this.engine.getScalarValue(this.text, event)
    const top = this.top
    const isKey = top?.map !== undefined && top.key === undefined && !top.merge
    let value: Json = text
    if (event.tagStart !== noRange) value = this.tagged(event, text)
    else if (isKey && plain && text === '<<') {
      top.merge = true
      top.keyOffset = event.valueStart
      return
    } else if (plain) value = resolvePlain(text)
    if (isKey) return this.name(top, value, text, event.valueStart)
    if (event.anchorStart !== noRange) {
      this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), { value, size: 1, open: false })
    }
    if (typeof value === 'number') this.checkNumber(value, text, event.valueStart)
    this.add(value)
  }

  private tagged(event: Scalar, text: string): Json {
    const result = resolveTagged(shortTag(this.text.slice(event.tagStart, event.tagEnd)), text)
    if ('value' in result) return result.value
    throw new ComposeError('bad-tag', result.problem, event.tagStart)
  }

  private name(frame: Frame, value: Json, text: string, offset: number) {
    const name = typeof value === 'string' ? value : keyName(value, text)
    if (name === undefined) {
      const what = value === null ? 'an empty key' : `the key ${text}`
      throw new ComposeError('bad-key', `${what} is not allowed: a key must be a string`, offset)
    }
    frame.key = name
    frame.keyOffset = offset
  }

  private checkNumber(value: number, text: string, offset: number) {
    if (Number.isSafeInteger(value)) return
    if (!Number.isFinite(value)) {
      throw new ComposeError(
        'bad-number',
        `${text} has no form in JSON; quote it if a string is meant`,
        offset,
      )
    }
    if (Number.isInteger(value) && !/[.eE]/.test(text)) {
      const message = `${text} is beyond the integers that kds holds exactly; it is read as ${value}`
      this.remarks.push({ code: 'number-precision', message, offset })
    }
  }

  private refuseCollectionAsKey(offset: number) {
    if (!this.top?.map || this.top.key !== undefined || this.top.merge) return
    throw new ComposeError('bad-key', 'a list or a mapping is where a key is expected', offset)
  }

  private alias(start: number, end: number) {
    const name = this.text.slice(start, end)
    const anchor = this.anchors.get(name)
    if (!anchor)
      throw new ComposeError('unknown-anchor', `the anchor \`${name}\` is not defined above`, start)
    if (anchor.open)
      throw new ComposeError('recursive-alias', `the anchor \`${name}\` contains itself`, start)
    this.visited += 1 + anchor.size
    this.expanded += anchor.size
    this.boundAliases(start)
    const top = this.top
    if (top?.map && top.key === undefined && !top.merge) {
      if (typeof anchor.value === 'object' && anchor.value !== null) this.refuseCollectionAsKey(start)
      return this.name(top, anchor.value, String(anchor.value), start)
    }
    this.add(copy(anchor.value))
  }

  /** go-yaml's `allowedAliasRatio`: beyond 100 aliased and 1,000 nodes, most of a document must not be aliases. */
  private boundAliases(offset: number) {
    if (this.expanded <= 100 || this.visited <= 1000) return
    const few = 400_000
    const many = 4_000_000
    const share = Math.min(1, Math.max(0, (this.visited - few) / (many - few)))
    if (this.expanded / this.visited <= 0.99 - 0.89 * share) return
    throw new ComposeError('alias-bomb', 'the document consists almost wholly of aliases of aliases', offset)
  }

  private add(value: Json) {
    const frame = this.top
    if (!frame) this.result = value
    else if (frame.list) frame.list.push(value)
    else if (frame.merge) this.merge(frame, value)
    else if (frame.map && frame.key !== undefined) {
      const key = frame.key
      frame.key = undefined
      if (Object.hasOwn(frame.map, key) && !frame.merged?.delete(key)) {
        this.remarks.push({ code: 'duplicate-key', message: key, offset: frame.keyOffset })
      }
      setKey(frame.map, key, value)
    }
  }

  /** A merge writes over what stands above it; in a list of maps the earlier win. */
  private merge(frame: Frame, value: Json) {
    frame.merge = false
    const sources = Array.isArray(value) ? value.toReversed() : [value]
    frame.merged ??= new Set()
    for (const source of sources) {
      if (!isObject(source)) {
        throw new ComposeError('bad-merge', '`<<` takes a mapping or a list of mappings', frame.keyOffset)
      }
      for (const [key, item] of Object.entries(source)) {
        frame.merged.add(key)
        setKey(frame.map ?? {}, key, item)
      }
    }
  }
}

function copy(value: Json): Json {
  if (Array.isArray(value)) return value.map(copy)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, item] of Object.entries(value)) setKey(result, key, copy(item))
  return result
}
