import type { Counters } from '../daemon-set-status.ts'

export interface Wave {
  readonly number: number
  /** Since the start. */
  readonly startSeconds: number
  /** When the last of its nodes was done; null: never. */
  readonly endSeconds: number | null
  readonly nodes: readonly string[]
  /** At its end; at the end of everything if it has none. */
  readonly counters: Counters
  /** Of a wave without an end: when anything happened on its nodes last. */
  readonly stuckAt?: Counters
}

/** Nodes on which something was started at one moment. */
export interface WaveRecord {
  readonly startAt: number
  readonly nodes: string[]
  /** Of those nodes, how many are not done. */
  pending: number
  endAt: number | undefined
  counters: Counters | undefined
  /** When anything happened on its nodes last. */
  last: Counters | undefined
}

interface Member {
  readonly name: string
  wave: WaveRecord | undefined
}

/** The waves of a roll-out: a node is in the one of the moment at which it was begun, until it is settled. */
export class Waves {
  readonly #records: WaveRecord[] = []
  readonly #open = new Set<WaveRecord>()

  join(node: Member, now: number): void {
    if (node.wave) return
    let wave = this.#records.at(-1)
    if (wave?.startAt !== now) {
      wave = { startAt: now, nodes: [], pending: 0, endAt: undefined, counters: undefined, last: undefined }
      this.#records.push(wave)
      this.#open.add(wave)
    }
    node.wave = wave
    wave.nodes.push(node.name)
    wave.pending++
  }

  /** Something has happened on the node. */
  note(node: Member, counters: Counters): void {
    if (node.wave) node.wave.last = { ...counters }
  }

  leave(node: Member): void {
    if (node.wave) node.wave.pending--
    node.wave = undefined
  }

  /** Notes the end of those all of whose nodes are settled. */
  close(now: number, counters: Counters): void {
    for (const wave of this.#open) {
      if (wave.pending > 0) continue
      wave.endAt = now
      wave.counters = { ...counters }
      this.#open.delete(wave)
    }
  }

  /** All of them in their order, with the counters of the end for those that have none of their own. */
  list(start: number, counters: Counters): Wave[] {
    return this.#records.map((wave, index) => ({
      number: index + 1,
      startSeconds: (wave.startAt - start) / 1000,
      endSeconds: wave.endAt === undefined ? null : (wave.endAt - start) / 1000,
      nodes: wave.nodes,
      counters: wave.counters ?? { ...counters },
      ...(wave.endAt === undefined && wave.last ? { stuckAt: wave.last } : {}),
    }))
  }
}
