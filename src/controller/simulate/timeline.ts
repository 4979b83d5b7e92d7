import { Agenda } from '#base/agenda.ts'

interface Entry<T> {
  readonly at: number
  readonly order: number
  readonly event: T
}

/** Events on a virtual clock, earliest first, those of one moment in the order in which they were added. */
export class Timeline<T> {
  readonly #agenda = new Agenda<Entry<T>>()
  #added = 0

  add(at: number, event: T): void {
    this.#agenda.add({ at, order: this.#added++, event })
  }

  /** Takes every event of the earliest moment; undefined when nothing is left. */
  takeNext(): { readonly at: number; readonly events: readonly T[] } | undefined {
    const at = this.#agenda.next?.at
    if (at === undefined) return undefined
    const events: T[] = []
    while (this.#agenda.next?.at === at) {
      const taken = this.#agenda.take()
      if (taken) events.push(taken.event)
    }
    return { at, events }
  }
}
