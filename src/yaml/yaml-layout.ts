import { type Engine, type Event, noRange, type Scalar } from './engine.ts'
import type { Layout, Place } from './layout.ts'
import { keyName, resolvePlain } from './scalars.ts'

/** The positions of a YAML document, read off its events; a node is the index of its event. */
export class YamlLayout implements Layout<number> {
  private readonly engine: Engine
  private readonly text: string
  private readonly events: readonly Event[]
  private readonly known = new Map<number, ReadonlyMap<string | number, Place<number>> | undefined>()
  private targets: ReadonlyMap<number, number> | undefined

  constructor(engine: Engine, text: string, events: readonly Event[]) {
    this.engine = engine
    this.text = text
    this.events = events
  }

  root(): Place<number> {
    return { key: undefined, value: this.offset(1) ?? 0, ref: 1 }
  }

  children(ref: number): ReadonlyMap<string | number, Place<number>> | undefined {
    const index = this.resolve(ref)
    if (!this.known.has(index)) this.known.set(index, this.read(index))
    return this.known.get(index)
  }

  private read(index: number): Map<string | number, Place<number>> | undefined {
    const type = this.events[index]?.type
    if (type === this.engine.EVENT_ID.SEQUENCE) return this.items(index)
    return type === this.engine.EVENT_ID.MAPPING ? this.entries(index) : undefined
  }

  private items(index: number): Map<string | number, Place<number>> {
    const found = new Map<string | number, Place<number>>()
    for (const at of this.below(index)) {
      found.set(found.size, { key: undefined, value: this.offset(at) ?? this.offset(index) ?? 0, ref: at })
    }
    return found
  }

  private entries(index: number): Map<string | number, Place<number>> {
    const found = new Map<string | number, Place<number>>()
    let key: number | undefined
    for (const at of this.below(index)) {
      if (key === undefined) {
        key = at
        continue
      }
      const name = this.nameOf(key)
      const keyOffset = this.offset(key) ?? 0
      if (name === undefined) this.addMerged(found, at)
      else found.set(name, { key: keyOffset, value: this.offset(at) ?? keyOffset, ref: at })
      key = undefined
    }
    return found
  }

  private addMerged(found: Map<string | number, Place<number>>, index: number) {
    const source = this.resolve(index)
    const isList = this.events[source]?.type === this.engine.EVENT_ID.SEQUENCE
    for (const map of isList ? this.below(source).toReversed() : [source]) {
      for (const [name, place] of this.children(map) ?? []) found.set(name, place)
    }
  }

  /** The name of a key, undefined for a merge. */
  private nameOf(index: number): string | undefined {
    const event = this.events[this.resolve(index)]
    if (event?.type !== this.engine.EVENT_ID.SCALAR) return ''
    const text = this.engine.getScalarValue(this.text, event)
    if (event.style !== this.engine.SCALAR_STYLE.PLAIN || event.tagStart !== noRange) return text
    return text === '<<' ? undefined : (keyName(resolvePlain(text), text) ?? text)
  }

  /** The indexes of the nodes directly below a collection. */
  private below(index: number): number[] {
    const { SEQUENCE, MAPPING, POP } = this.engine.EVENT_ID
    const found: number[] = []
    let depth = 0
    for (let at = index + 1; at < this.events.length; at++) {
      const type = this.events[at]?.type
      if (type === POP) {
        if (depth-- === 0) break
        continue
      }
      if (depth === 0) found.push(at)
      if (type === SEQUENCE || type === MAPPING) depth++
    }
    return found
  }

  private offset(index: number): number | undefined {
    const event = this.events[index]
    if (!event) return undefined
    if (event.type === this.engine.EVENT_ID.SCALAR) return this.scalarOffset(event)
    if ('start' in event) return event.start
    return 'anchorStart' in event ? event.anchorStart - 1 : undefined
  }

  private scalarOffset(event: Scalar): number | undefined {
    if (event.valueStart === noRange) return undefined
    const { SINGLE_QUOTED, DOUBLE_QUOTED } = this.engine.SCALAR_STYLE
    const quoted = event.style === SINGLE_QUOTED || event.style === DOUBLE_QUOTED
    return quoted ? event.valueStart - 1 : event.valueStart
  }

  /** An alias stands for the node that its anchor names. */
  private resolve(index: number): number {
    if (this.events[index]?.type !== this.engine.EVENT_ID.ALIAS) return index
    this.targets ??= this.findTargets()
    return this.targets.get(index) ?? index
  }

  private findTargets(): Map<number, number> {
    const anchors = new Map<string, number>()
    const targets = new Map<number, number>()
    this.events.forEach((event, index) => {
      if (!('anchorStart' in event) || event.anchorStart === noRange) return
      const name = this.text.slice(event.anchorStart, event.anchorEnd)
      if (event.type !== this.engine.EVENT_ID.ALIAS) anchors.set(name, index)
      else targets.set(index, anchors.get(name) ?? index)
    })
    return targets
  }
}
