import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { Cluster } from '#cluster/port.ts'
import { daemonSets, nameOf } from '#cluster/resources.ts'
import { stepMemory } from '#controller/step-memory.ts'
import { wavesRecord } from '#controller/waves/annotations.ts'
import {
  type Gate,
  nextStep,
  type WaveProgress,
  type WavesInput,
  type WavesStep,
} from '#controller/waves/decide.ts'
import { leaseMs, type WavesRecord, type WavesState } from '#controller/waves/plan.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { mayBeDone } from '../uncertain-write.ts'
import type { WavesEnd, WavesEvent } from './events.ts'
import { Evictions } from './evictions.ts'
import { refuseForeign } from './foreign.ts'
import { type Clock, heldElsewhere } from './lease.ts'
import { abortPatch, fieldManager, finishPatch, statePatch } from './patches.ts'
import { Refused } from './refused.ts'
import { oldRevision, targetHash, tidyRevisions } from './revisions.ts'
import { Teller } from './teller.ts'
import { Watched } from './watched.ts'

/** What the gate command is told. */
export interface GateCall {
  readonly daemonSet: DaemonSet
  readonly progress: WaveProgress
}

export interface DriveOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Who this is; undefined only looks on. */
  readonly holder: string | undefined
  /** Runs the command that has to succeed after each wave; undefined: there is none any more. */
  readonly runGate: ((call: GateCall, signal: AbortSignal) => Promise<Gate>) | undefined
  readonly tell: (event: WavesEvent) => void
  /** Goes on with what is paused. */
  readonly resume?: boolean
  /** Looks on only for as long as somebody is at work. */
  readonly whileHeld?: boolean
}

/** How often a write is tried while others write, or the server fails. */
const attempts = 8

/** How long it rests at most after a look at many nodes. */
const longestRestMs = 2_000

/** How long a roll-out looks again for what no watch tells of. */
const againMs = 1_000

/**
 * Carries a roll-out in waves on to its end, or to where a wave fails. It keeps nothing: each step comes from what is read, so
 * that whoever takes over goes on where the last one was.
 *
 * @param daemonSet As it was when the lease was taken.
 * @throws KdsError when somebody else has changed the template or the strategy, or taken the lease (`held`); when who was
 *   looked on at has gone (`gone`); the signal's reason
 */
export async function driveWaves(
  cluster: Cluster,
  daemonSet: DaemonSet,
  options: DriveOptions,
): Promise<WavesEnd> {
  const over = new AbortController()
  const signal = AbortSignal.any([options.signal, over.signal])
  const drive = new Drive(cluster, daemonSet, { ...options, signal })
  try {
    return await drive.run()
  } finally {
    over.abort()
  }
}

class Drive {
  readonly #cluster: Cluster
  readonly #options: DriveOptions
  readonly #watched: Watched
  readonly #evictions: Evictions
  readonly #refused: Refused
  readonly #teller: Teller
  readonly #memory = stepMemory()
  #record: WavesRecord
  #target: { readonly generation: number; readonly hash: string } | undefined
  #gate: { readonly key: string; state: Gate } = { key: '', state: { state: 'idle' } }
  #failures = 0
  #resume: boolean
  #ended: 'failed' | 'finished' | undefined
  #untidy: string | undefined

  constructor(cluster: Cluster, daemonSet: DaemonSet, options: DriveOptions) {
    const record = wavesRecord(daemonSet)
    if (!record) throw new Error('there are no waves to carry on')
    this.#cluster = cluster
    this.#options = options
    this.#record = record
    this.#resume = options.resume ?? false
    this.#watched = new Watched(cluster, daemonSet, options.signal)
    this.#evictions = new Evictions(cluster, options)
    this.#refused = new Refused(cluster)
    this.#teller = new Teller(options.tell, options.clock.now())
  }

  async run(): Promise<WavesEnd> {
    const { clock, holder, signal } = this.#options
    await this.#watched.known()
    for (;;) {
      signal.throwIfAborted()
      const { daemonSet } = this.#watched
      const record = wavesRecord(daemonSet)
      if (!record) return this.#end()
      this.#record = record
      refuseForeign(daemonSet, record)
      const { lease, paused } = record.state
      if (this.#ended === 'failed') {
        if (paused !== undefined && !lease) return this.#end()
        this.#ended = undefined
      }
      if (holder !== undefined && lease?.holder !== holder)
        throw heldElsewhere(nameOf(daemonSet), lease?.holder ?? 'nobody')
      const began = clock.now()
      const step = await this.#decide(daemonSet, record)
      const busy = clock.now() - began
      if (holder === undefined) await this.#lookOn(record.state)
      else if (this.#renewalAt() <= clock.now()) await this.#note(record.state)
      else await this.#act(step, daemonSet, record)
      // A look at thousands of nodes takes its time; a cluster in motion would keep it busy all along.
      if (step.kind === 'wait' && busy > 20) await clock.sleep(Math.min(longestRestMs, 10 * busy), signal)
    }
  }

  #end(): WavesEnd {
    const { phase, failure = '', paused = '' } = this.#record.state
    const { minAvailable, progress } = this.#teller
    const complete = progress !== undefined && progress.wave === progress.waves - 1
    const outcome =
      this.#ended === 'failed'
        ? 'paused'
        : phase === 'aborting'
          ? 'aborted'
          : this.#ended === 'finished' || (complete && progress.ready >= progress.nodes)
            ? 'rolled-out'
            : 'handed-over'
    return {
      outcome,
      why: outcome === 'paused' ? paused : failure,
      progress,
      minAvailable,
      leftOut: progress?.leftOut ?? [],
      untidy: this.#untidy,
    }
  }

  async #decide(daemonSet: DaemonSet, record: WavesRecord): Promise<WavesStep> {
    const { clock, signal } = this.#options
    const generation = daemonSet.metadata?.generation ?? 0
    if (this.#target?.generation !== generation) {
      const hash = await targetHash(this.#cluster, daemonSet, { signal })
      this.#target = hash === undefined ? undefined : { generation, hash }
      // Between the controller's taking note and the revision's being seen nothing else may happen that wakes us.
      if (!this.#target) return { kind: 'wait', until: clock.now() + againMs }
    }
    const { group, phase, since, wave } = record.state
    const key = `${phase === 'aborting'} ${wave} ${group}`
    const gateKey = `${key} ${since}`
    if (this.#gate.key !== gateKey) this.#gate = { key: gateKey, state: { state: 'idle' } }
    const { pods, nodes } = this.#watched
    this.#evictions.forget(pods, clock.now())
    const input: WavesInput = {
      ...record,
      daemonSet,
      nodes: [...nodes.values()],
      pods: [...pods.values()],
      target: this.#target.hash,
      gone: this.#evictions.gone,
      held: this.#evictions.held,
      gate: this.#gate.state,
      movedAt: this.#teller.movedAt,
      now: clock.now(),
      resume: this.#resume,
      memory: this.#memory,
    }
    const first = nextStep(input)
    const refused = await this.#refused.why(daemonSet, first.lacks, clock.now(), signal)
    const { step, progress, waiting } = refused === undefined ? first : nextStep({ ...input, refused })
    if (progress) this.#teller.look(record, progress, key, waiting, clock.now())
    return step
  }

  async #act(step: WavesStep, daemonSet: DaemonSet, record: WavesRecord): Promise<void> {
    const { clock, signal } = this.#options
    switch (step.kind) {
      case 'wait':
        return this.#rest(step.until)
      case 'evict':
        return this.#evictions.evict(step.pods, record.plan.evict)
      case 'gate':
        return this.#startGate(daemonSet)
      case 'note':
        this.#resume = false
        // Whoever is at work ends with a failed wave; who wants to go on takes the lease anew.
        if (step.state.paused !== undefined) this.#ended = 'failed'
        return this.#note(step.state)
      case 'abort': {
        const revision = await oldRevision(this.#cluster, daemonSet, record.plan, { signal })
        return this.#write(abortPatch(daemonSet, record, revision, clock.now(), this.#failed(step.why)))
      }
      case 'finish':
        this.#untidy = await tidyRevisions(this.#cluster, daemonSet, { signal })
        this.#ended = 'finished'
        return this.#write(finishPatch(daemonSet, record))
    }
  }

  /** Which wave has failed, and why. */
  #failed(why: string): string {
    const { wave, waves } = this.#teller.progress ?? { wave: 0, waves: 0 }
    return `wave ${wave + 1} of ${waves} has failed: ${why}`
  }

  #startGate(daemonSet: DaemonSet): void {
    const { runGate, signal, tell } = this.#options
    const { progress } = this.#teller
    if (!progress) return
    const run = this.#gate
    if (!runGate) {
      run.state = { state: 'passed' }
      return
    }
    run.state = { state: 'running' }
    tell({ kind: 'gate', progress, state: 'running' })
    void runGate({ daemonSet, progress }, signal)
      .catch((error: unknown): Gate => ({ state: 'failed', why: (error as Error).message }))
      .then((state) => {
        run.state = state
        if (signal.aborted || this.#gate !== run) return
        const why = state.state === 'failed' ? { why: state.why } : {}
        tell({ kind: 'gate', progress, state: state.state === 'failed' ? 'failed' : 'passed', ...why })
        this.#watched.nudge()
      })
  }

  #lookOn({ lease }: WavesState): Promise<void> {
    const { clock, whileHeld } = this.#options
    if (!whileHeld) return this.#rest(undefined)
    const lapses = (lease?.renewed ?? 0) + leaseMs
    if (clock.now() >= lapses) throw new KdsError('gone', 'no one is working on it any more')
    return this.#rest(lapses)
  }

  #renewalAt(): number {
    return (this.#record.state.lease?.renewed ?? 0) + leaseMs / 3
  }

  /** Waits for a change, for `until`, or for the lease to be confirmed again. */
  async #rest(until: number | undefined): Promise<void> {
    const { clock, holder, signal } = this.#options
    const ends = [
      until,
      this.#evictions.nextAt,
      this.#refused.nextAt,
      holder === undefined ? undefined : this.#renewalAt(),
    ]
    const at = Math.min(...ends.map((one) => one ?? Number.POSITIVE_INFINITY))
    if (!Number.isFinite(at)) return this.#watched.change()
    const rested = new AbortController()
    try {
      const asleep = clock.sleep(Math.max(1, at - clock.now()), AbortSignal.any([signal, rested.signal]))
      asleep.catch(() => {})
      await Promise.race([this.#watched.change(), asleep])
    } finally {
      rested.abort()
    }
  }

  /** Writes where the roll-out stands, and confirms the lease. */
  #note(state: WavesState): Promise<void> {
    const { clock, holder = '' } = this.#options
    const lease = this.#ended === 'failed' ? undefined : { holder, renewed: clock.now() }
    return this.#write(statePatch(this.#watched.daemonSet, { ...state, lease }))
  }

  /**
   * Makes a write that holds for what was read. One that was refused because something else has changed, and one of which
   * nobody knows whether it was made, are looked up: what is read then says what is to be done next.
   */
  async #write(body: JsonObject): Promise<void> {
    const { clock, signal } = this.#options
    const name = nameOf(this.#watched.daemonSet)
    try {
      const patch = { type: 'strategic' as const, body }
      this.#watched.accept(await this.#cluster.patch(daemonSets, name, patch, { fieldManager, signal }))
      this.#failures = 0
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.status === 409 || mayBeDone(error))) throw error
      if (++this.#failures >= attempts || error.code === 'Unexpected') throw error
      if (this.#failures > 1) await clock.sleep(200 * this.#failures, signal)
      this.#watched.accept(await this.#cluster.get(daemonSets, name, { signal }))
    }
  }
}
